import type { ArtifactFolder } from "../artifacts/ArtifactFolder.js";
import { BenchError } from "../BenchError.js";
import { ContestantProcess } from "../contest/ContestantProcess.js";
import type { ContestantName } from "../contest/contestants.js";
import type { ContestCall } from "../contest/protocol.js";

/** Milliseconds of each round, by contestant; rounds of the same number stand side by side in time. */
export type RoundTimes = ReadonlyMap<ContestantName, readonly number[]>;

/** Processes that take turns at the same work, so that a machine which speeds up or slows down does so for all. */
export class Contest {
  private readonly processes: ContestantProcess[];

  constructor(
    folder: ArtifactFolder,
    contestants: readonly ContestantName[],
    threads: number,
    private readonly report: (line: string) => void,
  ) {
    this.processes = contestants.map((name) => ContestantProcess.start(folder, name, threads));
  }

  /** The same call for each, one after another. */
  async each(call: ContestCall): Promise<void> {
    for (const process of [...this.processes]) await this.ask(process, call);
  }

  /** `rounds` times each call of each contestant that takes part in it. @returns times by call, in the order of `calls` */
  async rounds(
    rounds: number,
    calls: readonly { readonly call: ContestCall; readonly takesPart?: (name: ContestantName) => boolean }[],
  ): Promise<RoundTimes[]> {
    const times = calls.map(() => new Map<ContestantName, number[]>());
    for (let round = 0; round < rounds; round++) {
      for (const process of [...this.processes]) {
        for (const [i, { call, takesPart = () => true }] of calls.entries()) {
          if (!takesPart(process.name)) continue;
          const ms = await this.ask(process, call);
          if (ms === undefined) break;
          const of = times[i]!;
          of.set(process.name, [...(of.get(process.name) ?? []), ms]);
        }
      }
    }
    for (const of of times) {
      for (const name of of.keys()) if (!this.processes.some((process) => process.name === name)) of.delete(name);
    }
    return times;
  }

  async stop(): Promise<void> {
    for (const process of this.processes) await process.stop();
  }

  /** A peer that fails leaves the contest; figures that need it are then absent. */
  private async ask(process: ContestantProcess, call: ContestCall): Promise<number | undefined> {
    try {
      return (await process.call(call)).ms;
    } catch (error) {
      if (process.name !== "llamacpp" || !(error instanceof BenchError)) throw error;
      this.report(`goes on without llama.cpp: ${error.message}`);
      this.processes.splice(this.processes.indexOf(process), 1);
      await process.stop();
      return undefined;
    }
  }
}
