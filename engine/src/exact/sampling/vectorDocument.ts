import { createHash } from "node:crypto";
import { integerLogits } from "./integerLogits.js";
import { referenceSample } from "./referenceSample.js";
import type { SamplingRule } from "./SamplingRule.js";
import { WEIGHT_TABLE } from "./weightTable.js";

type Hex = `0x${string}`;

/**
 * What `test/vectors/sampling.json` holds, by the reference alone. Solidity reads it: arrays of flat objects whose values
 * are hex or decimal strings. Lists are packed big-endian 32-bit words, logits in two's complement.
 */
export function samplingVectors() {
  const table = packed([...WEIGHT_TABLE]);
  return { table: [{ entries: table, sha256: sha256(table) }], integer: integerRows(), draw: drawRows() };
}

/** Binary32 bits and their integer: ties to even, clamps, signed zeros, infinities, subnormals. */
function integerRows() {
  const bits = [
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x38ffffff, 0x39000000, 0x39000001, 0x39c00000, 0xb9000000,
    0xb9c00000, 0x3f800000, 0xbf800000, 0x40490fdb, 0x44ffffff, 0x45000000, 0xc5000000, 0x45000001, 0x7f7fffff,
    0x7f800000, 0xff800000,
  ];
  return bits.map((word) => {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, word);
    const [integer] = integerLogits(Float32Array.of(view.getFloat32(0)));
    return { binary32: packed([word]), integer: `${integer}` };
  });
}

function drawRows() {
  const rule: Omit<SamplingRule, "seed"> = {
    temperatureMilli: 1000,
    topK: 0,
    topPMilli: 1000,
    repetitionPenaltyMilli: 1000,
  };
  const rules: readonly Omit<SamplingRule, "seed">[] = [
    rule,
    { ...rule, temperatureMilli: 0 },
    { ...rule, temperatureMilli: 1 },
    { ...rule, temperatureMilli: 100_000 },
    { ...rule, topK: 1 },
    { ...rule, topK: 3 },
    { ...rule, topPMilli: 1 },
    { ...rule, topPMilli: 500 },
    { ...rule, topPMilli: 999 },
    { ...rule, repetitionPenaltyMilli: 1300 },
    { ...rule, repetitionPenaltyMilli: 100, temperatureMilli: 7 },
    { temperatureMilli: 700, topK: 5, topPMilli: 900, repetitionPenaltyMilli: 10_000 },
  ];
  const rows = [
    [0],
    [-(2 ** 23)],
    new Array<number>(16).fill(2 ** 23),
    [2 ** 23, -(2 ** 23), 2 ** 23, 0],
    [5, 5, 4, 4, 4, 4, 3, -3, -3, 0],
    Array.from({ length: 40 }, (_, i) => ((i * 7919) % 40_960) - 20_480),
    Array.from({ length: 24 }, (_, i) => 40_000 - 5000 * i),
  ];
  return rows.flatMap((logits, i) =>
    rules.map((one, j) => {
      const seed = createHash("sha256").update(`seed ${i} ${j}`).digest();
      const position = [0, 1, 255, 2 ** 32 - 1][(i + j) % 4]!;
      const seen = logits.flatMap((_, token) => (token % 3 === 0 ? [token] : []));
      const draw = referenceSample(logits, { ...one, seed }, position, seen, [...WEIGHT_TABLE]);
      return {
        logits: packed(logits),
        seen: packed(seen),
        temperatureMilli: `${one.temperatureMilli}`,
        topK: `${one.topK}`,
        topPMilli: `${one.topPMilli}`,
        repetitionPenaltyMilli: `${one.repetitionPenaltyMilli}`,
        seed: `0x${seed.toString("hex")}` as Hex,
        position: `${position}`,
        total: `${draw.total}`,
        point: `${draw.point}`,
        token: `${draw.token}`,
      };
    }),
  );
}

function packed(words: readonly number[]): Hex {
  const bytes = Buffer.alloc(4 * words.length);
  words.forEach((word, i) => {
    bytes.writeUInt32BE(word >>> 0, 4 * i);
  });
  return `0x${bytes.toString("hex")}`;
}

function sha256(data: Hex): Hex {
  return `0x${createHash("sha256")
    .update(Buffer.from(data.slice(2), "hex"))
    .digest("hex")}`;
}
