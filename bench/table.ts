/** Prints rows as a Markdown table, to be pasted into the README. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |\n`;
  process.stdout.write(line(head) + line(widths.map((width) => '-'.repeat(width))) + rows.map(line).join(''));
}
