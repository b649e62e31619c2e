import type { Bench } from "./bench.js";
import { keccakFigures } from "./keccak.js";

/** Exact programs: so far how fast their traces are hashed. */
export const exact: Bench = {
  name: "exact",
  about: "exact programs: hashing of traces",
  run: async (report) => {
    report("hashing");
    return await keccakFigures();
  },
};
