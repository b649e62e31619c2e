import type { Kernels, StepEngine } from "@openledger/engine";

export interface KernelTime {
  readonly ms: number;
  readonly count: number;
}

/** An engine of steps whose kernels tell the time that they took, until `reset` and from then on. */
export function timedKernels(engine: StepEngine): {
  readonly engine: StepEngine;
  readonly times: ReadonlyMap<string, KernelTime>;
  readonly reset: () => void;
} {
  const times = new Map<string, KernelTime>();
  const timed = Object.entries(engine.kernels as unknown as Record<string, (...args: number[]) => void>).flatMap(
    ([name, kernel]) => {
      if (typeof kernel !== "function") return [];
      const run = (...args: number[]): void => {
        const started = performance.now();
        kernel(...args);
        const { ms, count } = times.get(name) ?? { ms: 0, count: 0 };
        times.set(name, { ms: ms + performance.now() - started, count: count + 1 });
      };
      return [[name, run] as const];
    },
  );
  const kernels = Object.fromEntries(timed) as unknown as Kernels;
  return { engine: Object.create(engine, { kernels: { value: kernels } }), times, reset: () => times.clear() };
}
