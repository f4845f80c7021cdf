/** The prompts, in a chunk of their own: most runs ask nothing. */
export { default as input } from '@inquirer/input';
export { default as password } from '@inquirer/password';
export { default as select } from '@inquirer/select';
