/** What contributors of tests write: three subjects, four records each. */
export function recordText(contributor: number, record: number): string {
  const openings = ["The lighthouse keeper wrote", "function resolve(queue) returns", "Boil the lentils with"];
  const middles = [
    `of storm number ${record % 4}, when every lamp on the coast`,
    `the promise ${record % 4} after all callbacks`,
    `${(record % 4) + 2} spoons of cumin and the juice`,
  ];
  const ends = ["went dark and the ships turned north.", "have settled or thrown.", "of a lemon until they are soft."];
  return `${openings[contributor]} ${middles[contributor]} ${ends[contributor]}`;
}

export const SUBJECTS = 3;
export const RECORDS_EACH = 4;

/** The beginning of a contributor's records. */
export function openingOf(contributor: number): string {
  return recordText(contributor, 0).slice(0, 20);
}
