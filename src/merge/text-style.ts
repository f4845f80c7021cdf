/** How a text file is written apart from its words. Never a reason for a difference, and kept when the file changes. */
export interface TextStyle {
  crlf: boolean;
  /** A byte order mark at the start. */
  bom: boolean;
  /** Whether the last line ends with a line break. */
  finalNewline: boolean;
}

/** Takes a text's style off: what is left has LF line ends, the last line too. */
export function plain(text: string): string {
  const bare = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  return bare === '' || bare.endsWith('\n') ? bare : `${bare}\n`;
}

export function styleOf(text: string): TextStyle {
  const lineBreaks = text.split('\n').length - 1;
  return {
    // Of most lines: one that was pasted must not turn a script over.
    crlf: (text.split('\r\n').length - 1) * 2 > lineBreaks,
    bom: text.startsWith('\uFEFF'),
    finalNewline: text === '' || text.endsWith('\n'),
  };
}

/** Puts a style on a plain text. */
export function styled(text: string, { crlf, bom, finalNewline }: TextStyle): string {
  const ended = finalNewline ? text : text.replace(/\n$/, '');
  return (bom ? '\uFEFF' : '') + (crlf ? ended.replaceAll('\n', '\r\n') : ended);
}
