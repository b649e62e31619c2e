/** Three decimals: more of a float may differ from machine to machine. A mean that rounds to nothing has no sign. */
export function decimal(value: number): string {
  return value.toFixed(3).replace(/^-(?=0\.000$)/, "");
}
