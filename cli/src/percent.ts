/** A share of 65,536 in hundredths of a per cent, rounded down: for reading, not for reckoning. */
export function percent(share: number): string {
  const hundredths = Math.floor((share * 10_000) / 65_536);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")} %`.padStart(8);
}
