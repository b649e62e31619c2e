import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CODE_BYTES, type PositionCodes } from "../codes.js";
import { buildIndex } from "../kernel/buildIndex.js";
import { buildIndexFolder } from "./buildIndexFolder.js";

const home = await mkdtemp(join(tmpdir(), "openledger-build-"));
afterAll(() => rm(home, { recursive: true, force: true }));

/** A base whose codes follow from the tokens, which counts its passes. */
function countingBase() {
  let passes = 0;
  const codes = async (ids: readonly number[]): Promise<PositionCodes> => {
    passes++;
    return {
      ids: Uint32Array.from(ids),
      surprises: Uint8Array.from(ids, (id) => 60 + (id % 60)),
      codes: Uint8Array.from({ length: ids.length * CODE_BYTES }, (_, i) => ids[Math.floor(i / CODE_BYTES)]! * (i + 3)),
    };
  };
  const runtime = {
    weightsRoot: `0x${"11".repeat(32)}` as const,
    codes,
    attribution: async () => ({
      base: { decoys: [await codes([1, 2, 3])], projection: undefined as never },
      hash: `0x${"22".repeat(32)}` as const,
    }),
  };
  return {
    runtime,
    takePasses: () => {
      const taken = passes;
      passes = 0;
      return taken;
    },
  };
}

describe("building an index into a folder", () => {
  const records = Array.from({ length: 300 }, (_, i) => ({ ids: [i % 7, 1, i % 11] }));

  test("gives the index that is built in memory", async () => {
    const { runtime } = countingBase();
    const progress: number[] = [];
    const options = { onProgress: (done: number) => progress.push(done) };
    const index = await buildIndexFolder(runtime, records, join(home, "whole"), options);
    expect(index.root).toBe((await buildIndex(runtime, records)).root);
    expect(progress.at(-1)).toBe(300);
    index.close();
  });

  test("goes on where it was cut short, and takes what another version had", async () => {
    const { runtime, takePasses } = countingBase();
    const whole = await buildIndex(runtime, records);
    const path = join(home, "cut");
    const failing = {
      ...runtime,
      codes: async (ids: readonly number[]) => {
        if (ids === records[200]!.ids) throw new Error("killed");
        return runtime.codes(ids);
      },
    };
    await expect(buildIndexFolder(failing, records, path)).rejects.toThrow("killed");
    takePasses();

    const index = await buildIndexFolder(runtime, records, path);
    // 128 of 300 were written, and the decoy is one pass
    expect(takePasses()).toBe(300 - 128 + 1);
    expect(index.root).toBe(whole.root);
    index.close();

    const more = [...records, { ids: [5] }];
    const next = await buildIndexFolder(runtime, more, path);
    expect(takePasses()).toBe(1 + 1);
    expect(next.root).toBe((await buildIndex(runtime, more)).root);
    next.close();
  });

  test("refuses a record that is too long before anything is written", async () => {
    const { runtime } = countingBase();
    const path = join(home, "long");
    const long = [{ ids: [1] }, { ids: new Array(257).fill(1) }];
    await expect(buildIndexFolder(runtime, long, path)).rejects.toThrow(/record 1 has 257 tokens/);
    await expect(readdir(path)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
