import { doErasure } from "./doErasure.js";
import { doIndexWork } from "./indexWork.js";
import { joinSegments } from "./joinSegments.js";

/** What reads every posting of an index or a segment, and so is done in a thread of its own. */
const TASKS = { roots: doIndexWork, erasure: doErasure, join: joinSegments };

export type IndexTask = keyof typeof TASKS;
export type TaskInput<K extends IndexTask> = Parameters<(typeof TASKS)[K]>[0];
export type TaskResult<K extends IndexTask> = Awaited<ReturnType<(typeof TASKS)[K]>>;

/** Does it in this thread. @throws AttributionError `index_malformed`, `index_mismatch` */
export function runHere<K extends IndexTask>(task: K, input: TaskInput<K>): Promise<TaskResult<K>> {
  // what a name stands for takes what goes with the name, which the compiler cannot follow
  const run = TASKS[task] as unknown as (input: TaskInput<K>) => Promise<TaskResult<K>>;
  return run(input);
}
