import { progressBar } from "./progressBar.js";
import { progressLine } from "./progressLine.js";

/** Told how far a phase is; a phase begins with its first step. */
export type OnPhase = (phase: string, done: number, all: number) => void;

/** A bar for each phase of what is done. */
export async function withPhases<T>(name: string, run: (onPhase: OnPhase) => Promise<T>): Promise<T> {
  const line = progressLine(name);
  let [current, startedAt] = ["", 0];
  try {
    return await run((phase, done, all) => {
      if (phase !== current) [current, startedAt] = [phase, performance.now()];
      line.update(`${phase} ${progressBar(done, all, performance.now() - startedAt)}`);
    });
  } finally {
    line.end();
  }
}
