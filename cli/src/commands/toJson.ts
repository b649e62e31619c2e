/** JSON for programs: big integers as decimal strings. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, (_key, member) => (typeof member === "bigint" ? `${member}` : member), 2)}\n`;
}
