import { type Kernels, openKernels } from "./Kernels.js";
import { KeyedRoom } from "./KeyedRoom.js";
import { Scratch } from "./Scratch.js";
import { StepMemory } from "./StepMemory.js";
import { StepTables } from "./StepTables.js";

/** One memory and its kernels, for programs that share tables. */
export class StepEngine {
  readonly memory = new StepMemory();
  readonly tables = new StepTables(this.memory);
  readonly scratch = new Scratch(this.memory);
  readonly keyed = new KeyedRoom(this.memory);
  readonly kernels: Kernels = openKernels(this.memory.memory);
}
