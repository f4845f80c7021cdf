import type { Block } from './yaml-blocks.ts';

/** A block as it stands in a file, with the comments above. */
export const written = ({ lead, text }: Block): string => lead + text;

/** Puts an item's dash in front of the item's first line that is no comment. */
export function withDash(text: string, indent: number): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => !isComment(line));
  const line = lines[first] ?? '';
  if (first !== -1) lines[first] = `${line.slice(0, indent)}-${line.slice(indent + 1)}`;
  return lines.join('\n');
}

/** Whether a text has no line but comments and blank lines. */
export const isOnlyComments = (text: string): boolean => text.split('\n').every(isComment);

const isComment = (line: string) => /^\s*(#|$)/.test(line);

/** Moves every line to the right, or to the left where `columns` is negative. */
export function shifted(text: string, columns: number): string {
  if (columns === 0) return text;
  return text.replaceAll(/^ *(?=[^ \n])/gm, (indent) => ' '.repeat(Math.max(indent.length + columns, 0)));
}

/** A block with everything below it, moved to the right or to the left. */
export function shiftedBlock(block: Block, columns: number): Block {
  if (columns === 0) return block;
  return {
    ...block,
    lead: shifted(block.lead, columns),
    text: shifted(block.text, columns),
    head: shifted(block.head, columns),
    indent: block.indent + columns,
    parts: block.parts.map((part) => shiftedBlock(part, columns)),
  };
}

/** A block with other parts; the block's text follows the parts. */
export function withParts(block: Block, parts: Block[]): Block {
  const text = parts.map(written).join('');
  return {
    ...block,
    parts,
    text: block.head + (block.item && block.head === '' ? withDash(text, block.indent) : text),
    value: () => parts.map((part) => part.value()),
    node: null,
  };
}
