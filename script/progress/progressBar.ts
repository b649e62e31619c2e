const WIDTH = 24;

/** `[######..................] 120/480, 35 s left`; the time once something has been done. */
export function progressBar(done: number, all: number, elapsedMs: number): string {
  const filled = all === 0 ? WIDTH : Math.floor((WIDTH * done) / all);
  const bar = `[${"#".repeat(filled)}${".".repeat(WIDTH - filled)}] ${done}/${all}`;
  return done === 0 ? bar : `${bar}, ${Math.ceil(((elapsedMs / done) * (all - done)) / 1000)} s left`;
}
