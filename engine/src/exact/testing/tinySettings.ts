import fc from "fast-check";
import { ARITHMETICS } from "../program/Program.js";
import type { TinySettings } from "./tinyProgram.js";

/** Settings under which every kind of operation and every shape of head appears. */
export const TINY_SETTINGS: fc.Arbitrary<Partial<TinySettings>> = fc
  .record({
    seed: fc.integer({ min: 0, max: 1000 }),
    digits: fc.constantFrom<1 | 2>(1, 2),
    weightDigits: fc.constantFrom<1 | 2>(1, 2),
    attentionDigits: fc.constantFrom<1 | 2>(1, 2),
    hidden: fc.constantFrom(8, 13),
    kvHeads: fc.constantFrom(1, 2),
    groups: fc.constantFrom(1, 2),
    headDim: fc.constantFrom(2, 4, 6),
    feedForward: fc.integer({ min: 1, max: 9 }),
    window: fc.constantFrom(null, 1, 5, 17),
    mlp: fc.constantFrom<"gated" | "plain">("gated", "plain"),
    biases: fc.constantFrom<"none" | "all">("none", "all"),
    headNorms: fc.constantFrom<"none" | "all">("none", "all"),
    positions: fc.constantFrom<"rotary" | "learned">("rotary", "learned"),
    attribution: fc.constantFrom<"none" | "base" | "indexed">("none", "base", "indexed"),
    arithmetic: fc.constantFrom(...ARITHMETICS),
  })
  .map(({ groups, ...settings }) => ({ ...settings, heads: groups * settings.kvHeads }));
