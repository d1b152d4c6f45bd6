const LABEL_CELLS = 28;

/** Prints a title and a line for each row, its cells in columns. */
export function printRows(title: string, rows: readonly (readonly [label: string, ...cells: string[]])[]): void {
  const widths = rows.reduce<number[]>((known, [, ...cells]) => {
    return cells.map((cell, index) => Math.max(cell.length, known[index] ?? 0));
  }, []);
  console.log(`\n${title}`);
  for (const [label, ...cells] of rows) {
    const columns = cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("   ");
    console.log(`${label.padEnd(LABEL_CELLS)}${columns}`.trimEnd());
  }
}
