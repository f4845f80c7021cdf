/** Figures of several series by name. */
export class Figures {
  readonly #series = new Map<string, number[]>();

  add(name: string, value: number): void {
    this.#series.set(name, [...(this.#series.get(name) ?? []), value]);
  }

  median(name: string): number {
    const sorted = (this.#series.get(name) ?? []).toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  }

  /** The median of the differences, or ratios, of two series, round by round. */
  paired(of: string, to: string, compare: (a: number, b: number) => number): number {
    const others = this.#series.get(to) ?? [];
    const name = `${of} to ${to}`;
    this.#series.delete(name);
    for (const [round, value] of (this.#series.get(of) ?? []).entries()) {
      this.add(name, compare(value, others[round] ?? Number.NaN));
    }
    return this.median(name);
  }
}

/** Prints a table in Markdown. */
export function printTable(head: string[], rows: (string | number)[][]): void {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
  console.log(
    ['', line(head), line(head.map((_, column) => (column === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n'),
  );
}
