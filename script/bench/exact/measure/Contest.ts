import { BenchError } from "../BenchError.js";
import type { ContestantName } from "../contest/contestants.js";
import type { ContestCall } from "../contest/protocol.js";

/** Milliseconds of each round, by contestant; rounds of the same number stand side by side in time. */
export type RoundTimes = ReadonlyMap<ContestantName, readonly number[]>;

/** Who takes part: a `ContestantProcess`. */
export interface Player {
  readonly name: ContestantName;
  call(call: ContestCall): Promise<{ readonly ms: number }>;
  stop(): Promise<void>;
}

/** Players that take turns at the same work, so that a machine which speeds up or slows down does so for all. */
export class Contest {
  private readonly players: Player[];

  constructor(
    players: readonly Player[],
    private readonly report: (line: string) => void,
  ) {
    this.players = [...players];
  }

  /** The same call for each, one after another. */
  async each(call: ContestCall): Promise<void> {
    for (const player of [...this.players]) await this.ask(player, call);
  }

  /** `rounds` times each call of each contestant that takes part in it. @returns times by call, in the order of `calls` */
  async rounds(
    rounds: number,
    calls: readonly { readonly call: ContestCall; readonly takesPart?: (name: ContestantName) => boolean }[],
  ): Promise<RoundTimes[]> {
    const times = calls.map(() => new Map<ContestantName, number[]>());
    for (let round = 0; round < rounds; round++) {
      for (const player of [...this.players]) {
        for (const [i, { call, takesPart = () => true }] of calls.entries()) {
          if (!takesPart(player.name)) continue;
          const ms = await this.ask(player, call);
          if (ms === undefined) break;
          const of = times[i]!;
          of.set(player.name, [...(of.get(player.name) ?? []), ms]);
        }
      }
    }
    for (const of of times) {
      for (const name of of.keys()) if (!this.players.some((player) => player.name === name)) of.delete(name);
    }
    return times;
  }

  async stop(): Promise<void> {
    for (const player of this.players) await player.stop();
  }

  /** A peer that fails leaves the contest; figures that need it are then absent. */
  private async ask(player: Player, call: ContestCall): Promise<number | undefined> {
    try {
      return (await player.call(call)).ms;
    } catch (error) {
      if (player.name !== "llamacpp" || !(error instanceof BenchError)) throw error;
      this.report(`goes on without llama.cpp: ${error.message}`);
      this.players.splice(this.players.indexOf(player), 1);
      await player.stop();
      return undefined;
    }
  }
}
