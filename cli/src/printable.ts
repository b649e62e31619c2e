/**
 * Names, paths and what a check found are strangers' words: they must neither steer the terminal nor start a line of
 * their own, which could say that every check holds.
 */
export function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}
