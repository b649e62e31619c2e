import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BlockFiles, diskBlockFiles } from "./BlockFiles.js";
import { BlockStore } from "./BlockStore.js";

let folder: string;
let blocks: BlockStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "openledger-erase-"));
  blocks = await BlockStore.open(folder);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytesOf = (text: string) => new TextEncoder().encode(text);
const digestOf = (text: string) => createHash("sha256").update(text).digest();
const hashOf = (text: string) => `0x${digestOf(text).toString("hex")}` as const;
const put = (text: string) => blocks.put([bytesOf(text)]);
const read = async (text: string) => Buffer.from(await blocks.read(digestOf(text))).toString();
const fileOf = (text: string) =>
  join(folder, digestOf(text).toString("hex").slice(0, 2), digestOf(text).toString("hex"));
const incoming = () => readdirSync(join(folder, "incoming"));

/** The files under the folder that hold the text. */
function filesWith(text: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text));
}

/** As the disk, but the first `whole` files only: the next is full at the step that is named. */
function fullAt(step: "create" | "write" | "sync", whole = 0): BlockFiles {
  const full = async () => {
    throw Object.assign(new Error(`ENOSPC: no space left on device, ${step}`), { code: "ENOSPC" });
  };
  let created = 0;
  return {
    ...diskBlockFiles,
    create: async (path) => {
      created += 1;
      if (created <= whole) return diskBlockFiles.create(path);
      if (step === "create") return full();
      return { ...(await diskBlockFiles.create(path)), [step]: full };
    },
  };
}

test("an erased block is on the disk no more, and says what stands for it", async () => {
  await put("her telephone number");
  await put("redacted");

  const erased = await blocks.erase(digestOf("her telephone number"), digestOf("redacted"));

  expect(erased).toEqual({ replacement: hashOf("redacted") });
  await expect(read("her telephone number")).rejects.toMatchObject({
    code: "block_erased",
    retryable: false,
    replacement: hashOf("redacted"),
  });
  expect(filesWith("telephone")).toEqual([]);
  expect(await read("redacted")).toBe("redacted");
  expect(await blocks.count()).toBe(1);
});

test("it does not come back: the same bytes are refused, and nothing is left of them", async () => {
  await put("text");
  await blocks.erase(digestOf("text"));
  // Nothing may be in the way of its name: it does not get so far.
  mkdirSync(fileOf("text"));

  await expect(put("text")).rejects.toMatchObject({ code: "block_erased", replacement: undefined });

  expect(filesWith("text")).toEqual([]);
  expect(incoming()).toEqual([]);
});

test("a block that was never held is erased before it comes", async () => {
  await blocks.erase(digestOf("text"));
  await expect(put("text")).rejects.toMatchObject({ code: "block_erased" });
  expect(await blocks.count()).toBe(0);
});

test("erased again it stays as it was", async () => {
  for (const text of ["text", "first", "second"]) await put(text);
  const first = await blocks.erase(digestOf("text"), digestOf("first"));

  expect(await blocks.erase(digestOf("text"), digestOf("second"))).toEqual(first);
  expect(await blocks.erase(digestOf("text"))).toEqual(first);
  expect(await blocks.tombstone(digestOf("text"))).toEqual(first);
});

test("of erasures at the same time one counts, and all are told of it", async () => {
  const others = ["a", "b", "c", "d", "e"];
  for (const text of ["text", ...others]) await put(text);

  const answers = await Promise.all(others.map((other) => blocks.erase(digestOf("text"), digestOf(other))));

  expect(answers).toEqual(others.map(() => ({ replacement: hashOf("a") })));
  expect(await blocks.tombstone(digestOf("text"))).toEqual({ replacement: hashOf("a") });
});

test("bytes that arrive while their block is erased go again, though they were let in before", async () => {
  let erasure: Promise<unknown> | undefined;
  const path = fileOf("text");
  blocks = await BlockStore.open(folder, {
    ...diskBlockFiles,
    rename: async (from, to) => {
      if (to === path) {
        erasure = blocks.erase(digestOf("text"));
        await erasure;
      }
      await diskBlockFiles.rename(from, to);
    },
  });

  await expect(put("text")).rejects.toMatchObject({ code: "block_erased" });

  expect(erasure).toBeDefined();
  expect(filesWith("text")).toEqual([]);
  expect(incoming()).toEqual([]);
});

test("what stands for a block must be held, be another, and not be erased", async () => {
  for (const text of ["text", "gone"]) await put(text);
  await blocks.erase(digestOf("gone"));

  for (const [replacement, message] of [
    ["text", "cannot stand for itself"],
    ["missing", "This store holds no block"],
    ["gone", "was erased"],
  ] as const) {
    const refused = blocks.erase(digestOf("text"), digestOf(replacement));
    await expect(refused).rejects.toMatchObject({ code: "bad_request", message: expect.stringContaining(message) });
  }
  expect(await read("text")).toBe("text");
});

test("what stands for a block that was replaced twice is told at once", async () => {
  for (const text of ["text", "less", "least"]) await put(text);
  await blocks.erase(digestOf("text"), digestOf("less"));
  await blocks.erase(digestOf("less"), digestOf("least"));

  expect(await blocks.standing(digestOf("text"))).toEqual(digestOf("least"));

  expect(await blocks.tombstone(digestOf("text"))).toEqual({ replacement: hashOf("least") });
  expect(await blocks.standing(digestOf("least"))).toEqual(digestOf("least"));
  await blocks.erase(digestOf("least"));
  expect(await blocks.standing(digestOf("text"))).toBeUndefined();
});

test("an erasure that was cut short is not served, and ends when the store is opened", async () => {
  await put("text");
  await blocks.erase(digestOf("text"));
  // As a crash between the tombstone and the removal leaves it.
  writeFileSync(fileOf("text"), "text");
  await expect(read("text")).rejects.toMatchObject({ code: "block_erased" });

  blocks = await BlockStore.open(folder);

  expect(existsSync(fileOf("text"))).toBe(false);
  await expect(read("text")).rejects.toMatchObject({ code: "block_erased" });
});

test("asked again it removes what an erasure has left", async () => {
  await put("text");
  await blocks.erase(digestOf("text"));
  writeFileSync(fileOf("text"), "text");

  await blocks.erase(digestOf("text"));

  expect(existsSync(fileOf("text"))).toBe(false);
});

test.each(["", "{", "null", '{"replacement":"0x12"}', '{"replacement":7}'])(
  "a tombstone of %j stands, without a replacement",
  async (text) => {
    await put("text");
    writeFileSync(`${fileOf("text")}.erased`, text);
    await expect(read("text")).rejects.toMatchObject({ code: "block_erased", replacement: undefined });
  },
);

test("a tombstone that the disk does not let be read is a fault, and costs no block", async () => {
  await put("text");
  mkdirSync(`${fileOf("text")}.erased`);

  await expect(read("text")).rejects.toMatchObject({ code: "EISDIR" });
  await expect(put("text")).rejects.toMatchObject({ code: "EISDIR" });
  await expect(blocks.erase(digestOf("text"))).rejects.toMatchObject({ code: "EISDIR" });

  rmdirSync(`${fileOf("text")}.erased`);
  expect(await read("text")).toBe("text");
});

test("a tombstone that cannot be read once a block is stored takes nothing away", async () => {
  await put("text");
  blocks = await BlockStore.open(folder, {
    ...diskBlockFiles,
    rename: async (from, to) => {
      await diskBlockFiles.rename(from, to);
      mkdirSync(`${fileOf("text")}.erased`);
    },
  });

  await expect(put("text")).rejects.toMatchObject({ code: "EISDIR" });

  rmdirSync(`${fileOf("text")}.erased`);
  expect(await read("text")).toBe("text");
});

test.each(["create", "write", "sync"] as const)(
  "a disk that is full when a tombstone is to %s leaves the block served, and nothing half-written",
  async (step) => {
    blocks = await BlockStore.open(folder, fullAt(step, 1));
    await put("text");

    await expect(blocks.erase(digestOf("text"))).rejects.toMatchObject({ code: "storage_full", retryable: true });

    expect(await read("text")).toBe("text");
    expect(incoming()).toEqual([]);
    expect(await blocks.tombstone(digestOf("text"))).toBeUndefined();
    expect(readdirSync(join(fileOf("text"), ".."))).toHaveLength(1);
  },
);
