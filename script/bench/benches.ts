import type { Bench } from "./bench.js";

/** Every bench, by the name it is asked for. */
export const benches: readonly Bench[] = [];
