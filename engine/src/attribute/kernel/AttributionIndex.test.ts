import { expect, test } from "vitest";
import { CODE_BYTES } from "../codes.js";
import { AttributionIndex } from "./AttributionIndex.js";

const BASE = { baseWeightsRoot: `0x${"11".repeat(32)}`, attributionHash: `0x${"22".repeat(32)}` } as const;

test("an index is refused for a record longer than the context", () => {
  const row = {
    ids: new Uint32Array(257),
    surprises: new Uint8Array(257),
    codes: new Uint8Array(257 * CODE_BYTES),
  };

  expect(() => AttributionIndex.of({ rows: [row], ...BASE }, [])).toThrow(/record 0 has 257 tokens, at most 256/);
});
