import { cpus, totalmem } from "node:os";

/** What one bench prints, and writes with `--json`. Figures are plain numbers; their unit is the end of their name. */
export interface BenchResult {
  readonly bench: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly figures: Readonly<Record<string, number>>;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
}

/** A named bench: measures and returns its figures; `report` is called with a line whenever there is progress to tell. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  /** What can be asked of it on the command line, besides `--json`. */
  readonly options?: Readonly<Record<string, BenchOption>>;
  readonly run: (report: (line: string) => void, options: BenchOptions) => Promise<Readonly<Record<string, number>>>;
}

/** `switch`: is there or not. `file`: takes a path. Otherwise it takes one of these words. */
export interface BenchOption {
  readonly about: string;
  readonly values: "switch" | "file" | readonly string[];
}

/** Options by name, as given: a word, or `true` for a switch. */
export type BenchOptions = Readonly<Record<string, string | true | undefined>>;

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Median of `runs` timings of `work`, milliseconds, after one run that is not counted. */
export async function medianMs(runs: number, work: () => Promise<unknown> | unknown): Promise<number> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}
