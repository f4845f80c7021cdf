/** What only a run that asks something needs: a chunk of its own. */
export { TerminalAdapter } from '@yeoman/adapter';
