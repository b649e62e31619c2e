/** Whether a field of a configuration says that what it names is off: null, false, or empty. */
export function isOff(value: unknown): boolean {
  if (value === null || value === false || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
