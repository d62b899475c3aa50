/** What a row of the table is called when all sizes are multiplied: `2 GiB of data` by 0.1 is `0.2 GiB of data`. */
export function scaledName(name: string, scale: number): string {
  return name.replace(/^[\d,]+/, (digits) => {
    const size = Number(digits.replaceAll(',', '')) * scale;
    return size.toLocaleString('en-US', { maximumFractionDigits: 2 });
  });
}

/** How many times as much; a dash where the other took no time that can be measured. */
export function ratioText(ours: number, theirs: number): string {
  return theirs > 0 ? (ours / theirs).toFixed(2) : '-';
}
