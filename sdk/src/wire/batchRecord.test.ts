import fc from "fast-check";
import { concat, encodePacked, type Hex, keccak256, pad, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { settlementsHash } from "../hash/batch.js";
import { type BatchRecord, decodeBatchRecord } from "./batchRecord.js";

const amount = fc.bigInt(0n, 2n ** 96n - 1n);
const word64 = fc.bigInt(0n, 2n ** 64n - 1n);

/** What the market writes, by its definition: entries; then for each model its channels' details and its split. */
function pack({ settlements, splits }: Pick<BatchRecord, "settlements" | "splits">): {
  settlements: Hex;
  details: Hex;
} {
  const entries = settlements.map(({ channel, model, before, after }) =>
    encodePacked(["bytes32", "uint64", "uint96", "uint96"], [channel, model, before, after]),
  );
  const details = splits.flatMap((split) => [
    ...settlements
      .filter(({ model }) => model === split.model)
      .map(({ nonce, claimedAfter }) => encodePacked(["uint64", "uint96"], [nonce, claimedAfter])),
    encodePacked(
      ["uint96", "uint96", "uint96", "uint96", "uint96"],
      [split.governed, split.stakers, split.modelPart, split.data, split.runner],
    ),
  ]);
  return { settlements: concat(entries), details: concat(details) };
}

const records = fc
  .uniqueArray(fc.tuple(word64, fc.integer({ min: 1, max: 4 })), {
    selector: ([model]) => model,
    minLength: 1,
    maxLength: 4,
  })
  .chain((models) => {
    const rows = models.flatMap(([model, count]) => Array.from({ length: count }, () => model));
    return fc.record({
      settlements: fc.tuple(
        ...rows.map((model, at) =>
          fc.record({
            channel: fc.constant(pad(toHex(at + 1))),
            model: fc.constant(model),
            before: amount,
            after: amount,
            nonce: word64,
            claimedAfter: amount,
          }),
        ),
      ),
      splits: fc.tuple(
        ...models.map(([model]) =>
          fc.record({
            model: fc.constant(model),
            governed: amount,
            stakers: amount,
            modelPart: amount,
            data: amount,
            runner: amount,
          }),
        ),
      ),
    });
  });

describe("what a batch recorded", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(records, (record) => {
        const packed = pack(record);

        const decoded = decodeBatchRecord(packed);

        expect(decoded).toEqual({ ...record, settlementsHash: keccak256(packed.settlements) });
        expect(settlementsHash(decoded.settlements)).toBe(decoded.settlementsHash);
      }),
    );
  });

  it("is refused when its two halves do not fit", () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 200 }), (record, bytes) => {
        const { settlements, details } = pack(record);
        const cut = Math.min(bytes, (details.length - 2) / 2);
        const short = details.slice(0, details.length - 2 * cut) as Hex;

        expect(() => decodeBatchRecord({ settlements, details: short })).toThrow(/batch record at details/);
        expect(() => decodeBatchRecord({ settlements, details: `${details}00` })).toThrow(/no byte more/);
        expect(() => decodeBatchRecord({ settlements: `${settlements}00`, details })).toThrow(/entries of 64 bytes/);
      }),
    );
  });
});
