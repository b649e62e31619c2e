import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import {
  ALL_RECORDS,
  ContentClient,
  type Contribution,
  type ContributionFile,
  type ContributionState,
  contentCid,
  contentHash,
  contributionCommitment,
  decodeHeldContribution,
  domainHash,
  type EraseContent,
  type EraseRecords,
  type ErasureRequest,
  encodeContributionFile,
  encodeErasureRequest,
  encodeRedactedContribution,
  eraseContentTypedData,
  eraseRecordsTypedData,
  erasureDigest,
  getHeld,
  isErased,
  MAX_ERASED_RECORDS,
  merkleRoot,
  type Revocation,
  recordLeaf,
  recordsRoot,
  redactContribution,
} from "@openledger/sdk";
import { type Address, type Hex, hexToBytes, keccak256, stringToHex, zeroHash } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BlockFiles, diskBlockFiles } from "../BlockFiles.js";
import { BlockStore, maxBlockBytes } from "../BlockStore.js";
import { createStoreApp } from "../createStoreApp.js";
import { StoreError } from "../StoreError.js";
import { ErasureAuthority } from "./ErasureAuthority.js";
import type { ErasureChain } from "./ErasureChain.js";
import { Erasures } from "./Erasures.js";

const chainId = 31_337;
const now = 1_900_000_000n;
const day = 86_400n;
const account = (name: string) => privateKeyToAccount(keccak256(stringToHex(name)));
const [eraser, alice, mallory] = [account("eraser"), account("alice"), account("mallory")];
/** An account that is a contract. */
const contract: Address = "0x00000000000000000000000000000000000C0DE0";

const fileOf = (contributor: Address, ...texts: readonly string[]): ContributionFile => ({
  datanet: 3n,
  contributor,
  licence: "MIT",
  source: { name: "diary", version: "1" },
  records: texts.map((text, at) => ({ path: `${at}.md`, text })),
});
const diary = fileOf(alice.address, "Monday: rain", "Tuesday: 555-0199", "Wednesday: sun");
const bytesOf = encodeContributionFile;
const diaryHash = contentHash(bytesOf(diary));

/** A chain as a test says it is. */
class FakeChain implements ErasureChain {
  readonly contributions: Contribution[] = [];
  readonly states = new Map<bigint, ContributionState>();
  readonly revoked: (Revocation & { readonly datanet: bigint })[] = [];
  /** What is waited for before a state is told. */
  before: Promise<unknown> = Promise.resolve();
  /** Digests that contracts have signed. */
  readonly signed = new Map<Hex, Address>();
  isDown = false;

  /** @returns The contribution's number. */
  commit(file: ContributionFile, state: ContributionState, changed: Partial<Contribution> = {}): bigint {
    const number = BigInt(this.contributions.length + 1);
    const { datanet, contributor } = file;
    const made = { number, datanet, contributor, ...contributionCommitment(file), rules: 1, committedAt: 1n };
    this.contributions.push({ ...made, ...changed });
    this.states.set(number, state);
    return number;
  }

  async contribution(number: bigint) {
    this.#assertUp();
    return this.contributions.find((one) => one.number === number);
  }

  async contributionsOf(contributor: Address) {
    this.#assertUp();
    return this.contributions.filter((one) => one.contributor === contributor);
  }

  async state(number: bigint) {
    await this.before;
    this.#assertUp();
    return this.states.get(number) ?? "None";
  }

  async revocations(datanet: bigint) {
    this.#assertUp();
    return this.revoked.filter((one) => one.datanet === datanet);
  }

  async isSignatureOf(address: Address, digest: Hex) {
    this.#assertUp();
    return this.signed.get(digest) === address;
  }

  #assertUp(): void {
    if (this.isDown) throw new StoreError("chain_unavailable", "Asked the chain: no connection. Try again.", true);
  }
}

let folder: string;
let blocks: BlockStore;
let chain: FakeChain;
let authority: ErasureAuthority;
let erasures: Erasures;
let server: Server;
let url: string;
let client: ContentClient;
let faults: unknown[];

async function serve(files: BlockFiles = diskBlockFiles, hasChain: "chain" | "no chain" = "chain"): Promise<void> {
  blocks = await BlockStore.open(folder, files);
  faults = [];
  authority = new ErasureAuthority({
    erasers: [eraser.address],
    chainId: async () => chainId,
    chain: hasChain === "chain" ? chain : undefined,
  });
  erasures = new Erasures({ blocks, authority, now: () => now });
  server = createServer(createStoreApp({ blocks, erasures, onFault: (error) => faults.push(error) }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new ContentClient({ url });
}

async function stop(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await erasures.close();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "openledger-erasures-"));
  chain = new FakeChain();
  await serve();
  await client.put(bytesOf(diary));
});

afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

type Signer = Pick<typeof alice, "signTypedData">;

async function recordsOrder(by: Signer, changed: Partial<EraseRecords> = {}, chain = chainId): Promise<ErasureRequest> {
  const order = { content: diaryHash, contribution: 1n, records: [], deadline: now + 60n, ...changed };
  return {
    type: "EraseRecords",
    order,
    signature: await by.signTypedData(eraseRecordsTypedData({ chainId: chain }, order)),
  };
}

async function contentOrder(by: Signer, changed: Partial<EraseContent> = {}): Promise<ErasureRequest> {
  const order = { content: diaryHash, replacement: zeroHash, deadline: now + 60n, ...changed };
  return { type: "EraseContent", order, signature: await by.signTypedData(eraseContentTypedData({ chainId }, order)) };
}

const records = async (by: Signer, changed: Partial<EraseRecords> = {}) =>
  client.erase(await recordsOrder(by, changed));
const content = async (by: Signer, changed: Partial<EraseContent> = {}) =>
  client.erase(await contentOrder(by, changed));
const refused = (code: string, message = "") => ({ code, message: expect.stringContaining(message) });
const held = async (hash: Hex = diaryHash) => decodeHeldContribution(await getHeld(client, hash));

/** The files under the folder that hold the text. */
function filesWith(text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text));
}

/** Nothing was erased, and nothing is under way. */
async function expectWhole(): Promise<void> {
  expect(await client.get(diaryHash)).toEqual(bytesOf(diary));
  expect(await blocks.count()).toBe(1);
  expect(readdirSync(join(folder, "incoming"))).toEqual([]);
}

describe("what was erased", () => {
  test("a record is nowhere on the disk, and the others can be read under the same root", async () => {
    const redacted = redactContribution(diary, [1]);
    const replacement = contentHash(encodeRedactedContribution(redacted));

    expect(await records(eraser, { records: [1] })).toEqual({ content: diaryHash, replacement });

    expect(filesWith("555-0199")).toEqual([]);
    expect(filesWith("1.md")).toEqual([]);
    expect(await held()).toEqual(redacted);
    expect(recordsRoot(await held())).toBe(contributionCommitment(diary).recordsRoot);
  });

  test("it answers 410 with what stands for it; HEAD too, and graph-node's look into the cache finds none", async () => {
    const { replacement } = await records(eraser, { records: [1] });
    const { cid } = await client.put(bytesOf(fileOf(alice.address, "other")));
    const at = `${url}/ipfs/${contentCid(diaryHash)}`;

    const got = await fetch(at);
    const head = await fetch(at, { method: "HEAD" });
    const probe = (address: string) =>
      fetch(address, { method: "HEAD", headers: { "cache-control": "only-if-cached" } }).then(({ status }) => status);

    expect(got.status).toBe(410);
    const error = { code: "block_erased", message: expect.stringContaining("was erased"), retryable: false };
    expect(await got.json()).toEqual({ error, replacement });
    expect([head.status, await head.text()]).toEqual([410, ""]);
    expect(await probe(at)).toBe(412);
    expect(await probe(`${url}/ipfs/${cid}`)).toBe(200);
    expect(faults).toEqual([]);
  });

  test("it is not stored again, nor is anything left of what was sent", async () => {
    const { replacement } = await records(eraser);

    await expect(client.put(bytesOf(diary))).rejects.toMatchObject({ code: "content_erased", replacement });

    expect(filesWith("Monday")).toEqual([]);
    expect(readdirSync(join(folder, "incoming"))).toEqual([]);
  });

  test("it stays so when the store is started again", async () => {
    const { replacement } = await records(eraser, { records: [0, 2] });
    await stop();
    await serve();
    await expect(client.get(diaryHash)).rejects.toMatchObject({ code: "content_erased", replacement });
    expect((await held()).records.map(isErased)).toEqual([true, false, true]);
  });
});

describe("orders upon orders", () => {
  test("one record, then another, then all: each stands for what was there, and readers find the last", async () => {
    await records(eraser, { records: [1] });
    await records(eraser, { records: [2] });
    expect((await held()).records.map(isErased)).toEqual([false, true, true]);
    expect(filesWith("Wednesday")).toEqual([]);

    const { replacement } = await records(eraser);

    expect(await held()).toEqual(redactContribution(diary, [0, 1, 2]));
    expect(filesWith("diary")).toEqual([]);
    expect(await blocks.count()).toBe(1);
    expect(await records(eraser, { records: [0] })).toEqual({ content: diaryHash, replacement });
  });

  test("a hundred records, one by one, stay within what a reader follows", async () => {
    const long = fileOf(alice.address, ...Array.from({ length: 100 }, (_, at) => `record ${at}`));
    const { hash } = await client.put(bytesOf(long));

    for (let record = 0; record < 100; record++) await records(eraser, { content: hash, records: [record] });

    expect((await held(hash)).records.every(isErased)).toBe(true);
  });

  test("the same order again changes nothing, nor does an older one", async () => {
    const older = await recordsOrder(eraser, { records: [1] });
    await client.erase(older);
    const whole = await records(eraser);
    const files = readdirSync(folder, { recursive: true });

    expect(await client.erase(older)).toEqual(whole);
    expect(await records(eraser)).toEqual(whole);
    expect(readdirSync(folder, { recursive: true })).toEqual(files);
  });

  test("orders that come at the same time all count", async () => {
    await Promise.all([0, 1, 2].map((record) => records(eraser, { records: [record] })));
    expect(await held()).toEqual(redactContribution(diary, [0, 1, 2]));
    expect(await blocks.count()).toBe(1);
  });

  test("a file is erased whole, and what is asked of its records then finds nothing", async () => {
    expect(await content(eraser)).toEqual({ content: diaryHash });
    expect(await records(eraser, { records: [1] })).toEqual({ content: diaryHash });
    await expect(getHeld(client, diaryHash)).rejects.toMatchObject({ code: "content_erased", replacement: undefined });
    expect(await blocks.count()).toBe(0);
  });

  test("a file is erased for another that is held, once", async () => {
    const { hash: other } = await client.put(Buffer.from("what stands for it"));
    const { hash: third } = await client.put(Buffer.from("what does not"));

    expect(await content(eraser, { replacement: other })).toEqual({ content: diaryHash, replacement: other });
    expect(await content(eraser, { replacement: third })).toEqual({ content: diaryHash, replacement: other });

    const missing = contentHash(Buffer.from("missing"));
    const refusal = refused("bad_request", "holds no block");
    await expect(content(eraser, { content: third, replacement: missing })).rejects.toMatchObject(refusal);
    await expect(content(eraser, { content: third, replacement: third })).rejects.toMatchObject(
      refused("bad_request", "cannot stand for itself"),
    );
  });

  test("a file that the store never had cannot come any more", async () => {
    const late = Buffer.from("late");
    expect(await content(eraser, { content: contentHash(late) })).toEqual({ content: contentHash(late) });
    await expect(client.put(late)).rejects.toMatchObject({ code: "content_erased" });
  });

  test("records go no more where the file without them was erased itself", async () => {
    const { hash } = await client.put(encodeRedactedContribution(redactContribution(diary, [1])));
    await content(eraser, { content: hash });
    await expect(records(eraser, { records: [1] })).rejects.toMatchObject(refused("block_erased"));
    await expectWhole();
  });
});

describe("an order that is none", () => {
  test("is refused where it is too late, or good for too long", async () => {
    await expect(records(eraser, { deadline: now - 1n })).rejects.toMatchObject(refused("deadline_passed"));
    await expect(records(eraser, { deadline: now + day + 1n })).rejects.toMatchObject(
      refused("bad_request", "deadline"),
    );
    await expectWhole();
    await records(eraser, { deadline: now, records: [0] });
    await records(eraser, { deadline: now + day, records: [1] });
  });

  test("is refused of another signer, of another chain, and changed after it was signed", async () => {
    const signed = await recordsOrder(eraser, { records: [1] });
    const orders = [
      await recordsOrder(mallory),
      await recordsOrder(eraser, {}, 1),
      { ...signed, order: { ...signed.order, records: [1, 2] } } as ErasureRequest,
      { ...signed, signature: "0x" } as ErasureRequest,
      { ...signed, signature: `0x${"00".repeat(65)}` } as ErasureRequest,
    ];
    for (const order of orders) await expect(client.erase(order)).rejects.toMatchObject(refused("not_allowed"));
    await expect(content(mallory)).rejects.toMatchObject(refused("not_allowed", "no eraser of this store"));
    await expectWhole();
  });

  test("is refused for records that the file does not have", async () => {
    await expect(records(eraser, { records: [0, 3] })).rejects.toMatchObject(refused("bad_request", "no record 3"));
    await expectWhole();
  });

  test.each(["not JSON", "{}", '{"format":"openledger.contribution/1"}'])(
    "is refused for the records of %s",
    async (text) => {
      const { hash } = await client.put(Buffer.from(text));
      await expect(records(eraser, { content: hash })).rejects.toMatchObject(
        refused("bad_request", "contribution file"),
      );
      expect(await client.get(hash)).toEqual(new Uint8Array(Buffer.from(text)));
    },
  );

  test("is refused for records of a file that the store does not have", async () => {
    const missing = contentHash(Buffer.from("missing"));
    await expect(records(eraser, { content: missing })).rejects.toMatchObject(refused("block_not_found"));
  });

  test("is refused where it cannot be read, or is too long", async () => {
    const post = async (body: string | Uint8Array<ArrayBuffer>) => {
      const response = await fetch(`${url}/erasures`, { method: "POST", body });
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    expect(await post("{")).toEqual([400, "bad_request"]);
    expect(await post("{}")).toEqual([400, "bad_request"]);
    expect(await post(new Uint8Array(1024 * 1024))).toEqual([400, "bad_request"]);
    expect(await post(new Uint8Array(1024 * 1024 + 1))).toEqual([413, "request_too_large"]);
    const got = await fetch(`${url}/erasures`);
    expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("is refused where the body grows past its limit without saying its length", async () => {
    const part = new Uint8Array(256 * 1024);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (stream) => (sent++ < 64 ? stream.enqueue(part) : stream.close()),
    });
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    const status = await fetch(`${url}/erasures`, init).then(
      (response) => response.status,
      // The store may close the connection before the client has sent all of it.
      () => 413,
    );
    expect(status).toBe(413);
    expect(sent).toBeLessThan(64);
  });

  test("is refused by a store where nobody may", async () => {
    await stop();
    server = createServer(createStoreApp({ blocks, onFault: () => {} }));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const order = await recordsOrder(eraser);
    const other = new ContentClient({ url: `http://127.0.0.1:${port}` });
    await expect(other.erase(order)).rejects.toMatchObject(refused("erasure_off"));
  });
});

describe("a contributor", () => {
  test.each(["Withdrawn", "Rejected", "Revoked"] as const)("has a contribution erased that is %s", async (state) => {
    chain.commit(diary, state);
    await records(alice);
    expect((await held()).records.every(isErased)).toBe(true);
    expect(filesWith("Monday")).toEqual([]);
  });

  test.each(["Committed", "InRound", "Referred"] as const)("waits while it is %s", async (state) => {
    chain.commit(diary, state);
    await expect(records(alice)).rejects.toMatchObject(refused("not_allowed", `not decided (${state})`));
    await expectWhole();
  });

  test("has no record of an accepted one erased but those that are revoked", async () => {
    const number = chain.commit(diary, "Accepted");
    const kept = (record: number) => refused("not_allowed", `record ${record} is not revoked`);
    await expect(records(alice)).rejects.toMatchObject(kept(0));
    chain.revoked.push({ datanet: 3n, contribution: number, index: 1 });
    chain.revoked.push({ datanet: 3n, contribution: number + 1n, index: 2 });
    chain.revoked.push({ datanet: 4n, contribution: number, index: 0 });
    await expect(records(alice)).rejects.toMatchObject(kept(0));
    await expect(records(alice, { records: [1, 2] })).rejects.toMatchObject(kept(2));
    await expectWhole();

    await records(alice, { records: [1] });

    expect((await held()).records.map(isErased)).toEqual([false, true, false]);
    chain.revoked.push({ datanet: 3n, contribution: number, index: ALL_RECORDS });
    await records(alice);
    expect((await held()).records.every(isErased)).toBe(true);
  });

  test("may be a contract that knows its signatures", async () => {
    const file = fileOf(contract, "its only record");
    const { hash } = await client.put(bytesOf(file));
    const number = chain.commit(file, "Withdrawn");
    const order = { content: hash, contribution: number, records: [], deadline: now };
    const request: ErasureRequest = { type: "EraseRecords", order, signature: "0xc0de" };
    await expect(client.erase(request)).rejects.toMatchObject(refused("not_allowed", contract));

    chain.signed.set(erasureDigest({ chainId }, request), contract);
    await client.erase(request);

    expect(filesWith("its only record")).toEqual([]);
  });

  test("has neither another's contribution erased, nor one that is not there, nor another file by its number", async () => {
    chain.commit(diary, "Withdrawn");
    const { hash: other } = await client.put(Buffer.from("other"));
    await expect(records(mallory)).rejects.toMatchObject(
      refused("not_allowed", `contribution 1 is of ${alice.address}`),
    );
    await expect(records(alice, { contribution: 2n })).rejects.toMatchObject(
      refused("not_allowed", "no contribution 2"),
    );
    await expect(records(alice, { content: other })).rejects.toMatchObject(refused("not_allowed", `not ${other}`));
    await expect(content(alice)).rejects.toMatchObject(refused("not_allowed", "no eraser"));
    expect(await client.get(diaryHash)).toEqual(bytesOf(diary));
  });

  test("does not make another's file its own by committing to its hash", async () => {
    chain.commit(diary, "Accepted");
    const number = chain.commit(diary, "Withdrawn", { contributor: mallory.address });
    const mine = refused("not_allowed", `The file says that it is of ${alice.address}`);
    await expect(records(mallory, { contribution: number })).rejects.toMatchObject(mine);
    await expectWhole();
  });

  test("does not erase what it contributed twice by the one that is withdrawn", async () => {
    chain.commit(diary, "Withdrawn");
    chain.commit(diary, "Accepted", { datanet: 9n });
    await expect(records(alice)).rejects.toMatchObject(refused("not_allowed", "Contribution 2 is accepted"));
    await expectWhole();
    chain.states.set(2n, "Revoked");
    // The same file under a root that is not its own: nobody can read it, but the store does not judge that.
    chain.commit(diary, "Accepted", { recordsRoot: zeroHash });
    await expect(records(alice)).rejects.toMatchObject(refused("not_allowed", "Contribution 3 is accepted"));
    chain.states.set(3n, "Rejected");
    await records(alice);
  });

  test("does not starve an accepted contribution by way of its redacted file", async () => {
    const accepted = chain.commit(diary, "Accepted");
    chain.revoked.push({ datanet: 3n, contribution: accepted, index: 1 });
    const { replacement } = await records(alice, { records: [1] });
    // What stands for the first is contributed as a file of its own, under a root that says nothing.
    const second = chain.commit(diary, "Withdrawn", { dataHash: replacement!, recordsRoot: zeroHash });

    const starving = records(alice, { content: replacement!, contribution: second });

    await expect(starving).rejects.toMatchObject(refused("not_allowed", "Contribution 1 is accepted"));
    expect((await held()).records.map(isErased)).toEqual([false, true, false]);
  });

  test("waits for a chain that does not answer; erasers do not", async () => {
    chain.commit(diary, "Withdrawn");
    chain.isDown = true;
    await expect(records(alice)).rejects.toMatchObject({ code: "chain_unavailable", retryable: true });
    expect(faults).toHaveLength(1);
    await expectWhole();
    await records(eraser);
    expect(filesWith("Monday")).toEqual([]);
  });

  test("is told so where the store asks no chain", async () => {
    await stop();
    await serve(diskBlockFiles, "no chain");
    chain.commit(diary, "Withdrawn");
    await expect(records(alice)).rejects.toMatchObject(refused("not_allowed", "no eraser"));
    await records(eraser);
  });
});

describe("what an order may cost", () => {
  test("a contribution that is not over is refused before its file is looked at", async () => {
    const { hash } = await client.put(Buffer.from("no contribution's file"));
    const number = chain.commit(diary, "InRound", { dataHash: hash });
    await expect(records(alice, { content: hash, contribution: number })).rejects.toMatchObject(
      refused("not_allowed", "not decided (InRound)"),
    );
  });

  test("65,536 records go in seconds, and never hold others for long; the root is the same", async () => {
    const texts = Array.from({ length: MAX_ERASED_RECORDS }, (_, at) => String.fromCharCode(97 + (at % 26)));
    const file = fileOf(alice.address, ...texts);
    const { hash } = await client.put(bytesOf(file));
    const recordsRoot = rootOfLetters(texts);
    const commitment = { dataHash: hash, recordCount: texts.length, recordsRoot };
    const number = chain.commit(diary, "Withdrawn", commitment);
    const order = await recordsOrder(alice, { content: hash, contribution: number });
    const body = encodeErasureRequest(order);
    const longest = monitorEventLoopDelay({ resolution: 5 });
    longest.enable();

    const { replacement } = await erasures.take(body);
    longest.disable();

    const redacted = decodeHeldContribution(await client.get(replacement!));
    expect(redacted.records.every(isErased)).toBe(true);
    expect(
      merkleRoot(
        domainHash("Record"),
        redacted.records.map((record) => (isErased(record) ? record.leaf : zeroHash)),
      ),
    ).toBe(recordsRoot);
    expect(longest.max / 1e6).toBeLessThan(500);
  }, 120_000);

  test("more than 65,536 records are an eraser's to erase, whole", async () => {
    const file = fileOf(alice.address, ...Array.from({ length: MAX_ERASED_RECORDS + 1 }, () => "a"));
    const { hash } = await client.put(bytesOf(file));
    const commit = (recordCount: number) =>
      chain.commit(diary, "Withdrawn", { dataHash: hash, recordCount, recordsRoot: zeroHash });
    const tooMany = refused("too_many_records", "by an EraseContent");

    const [told, untold] = [commit(MAX_ERASED_RECORDS + 1), commit(3)];
    for (const contribution of [told, untold]) {
      await expect(records(alice, { content: hash, contribution, records: [0] })).rejects.toMatchObject(tooMany);
    }
    await expect(records(eraser, { content: hash, records: [0] })).rejects.toMatchObject(tooMany);
    expect(await content(eraser, { content: hash })).toEqual({ content: hash });
  });

  test("a file of other records than the chain counts is an eraser's to erase", async () => {
    chain.commit(diary, "Withdrawn", { recordCount: 4 });
    await expect(records(alice)).rejects.toMatchObject(refused("not_allowed", "The file has 3 records"));
    await expectWhole();
  });

  test("a file that without its records is larger than a block is an eraser's to erase, whole", async () => {
    const rest = bytesOf(fileOf(alice.address, "a", "")).length;
    const { hash } = await client.put(bytesOf(fileOf(alice.address, "a", "b".repeat(maxBlockBytes - rest))));
    await expect(records(eraser, { content: hash, records: [0] })).rejects.toMatchObject(
      refused("block_too_large", "by an EraseContent"),
    );
  }, 60_000);

  test("whoever waits for the chain keeps no eraser waiting", async () => {
    chain.commit(diary, "Withdrawn");
    let answer = () => {};
    chain.before = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const waiting = records(alice, { records: [0] });

    await records(eraser, { records: [1] });
    expect((await held()).records.map(isErased)).toEqual([false, true, false]);
    answer();

    await waiting;
    expect((await held()).records.map(isErased)).toEqual([true, true, false]);
  });

  test("of more than 64 orders that wait the others are to come again", async () => {
    const order = encodeErasureRequest(await recordsOrder(eraser));

    const taken = await Promise.allSettled(Array.from({ length: 80 }, () => erasures.take(order)));

    const late = taken.filter(({ status }) => status === "rejected");
    expect(late).toHaveLength(80 - 65);
    for (const { reason } of late as PromiseRejectedResult[])
      expect(reason).toMatchObject({ code: "busy", retryable: true });
    const { hash } = await client.put(Buffer.from("other"));
    expect(await content(eraser, { content: hash })).toEqual({ content: hash });
  });

  test("one contributor's orders keep nobody's waiting: at most 8 are taken at a time", async () => {
    chain.commit(diary, "Withdrawn");
    const orders = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => encodeErasureRequest(await recordsOrder(alice, { records: [i % 3] }))),
    );

    const taken = await Promise.allSettled(orders.map((order) => erasures.take(order)));

    const late = taken.filter(({ status }) => status === "rejected");
    expect(late).toHaveLength(12);
    for (const { reason } of late as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: "busy", retryable: true });
      expect(reason.message).toContain(`8 orders of ${alice.address}`);
    }
    // done, or refused, they count no more
    await records(alice, { records: [0] });
  });

  test("orders of a contributor that come at the same time all count", async () => {
    chain.commit(diary, "Withdrawn");
    await Promise.all([0, 1, 2].map((record) => records(alice, { records: [record] })));
    expect(await held()).toEqual(redactContribution(diary, [0, 1, 2]));
  });

  test("a file that is replaced while it is looked at is looked at where it stands then", async () => {
    chain.commit(diary, "Withdrawn");
    const { hash } = await client.put(encodeRedactedContribution(redactContribution(diary, [0])));
    const read = blocks.read.bind(blocks);
    blocks.read = async (digest) => {
      await blocks.erase(hexToBytes(diaryHash), hexToBytes(hash));
      return read(digest);
    };

    await records(alice, { records: [1] });

    expect(await held()).toEqual(redactContribution(diary, [0, 1]));
  });

  test("a right to one file is none to another that an eraser puts in its place meanwhile", async () => {
    const number = chain.commit(diary, "Withdrawn");
    const other = fileOf(mallory.address, "one", "two", "three");
    const { hash } = await client.put(bytesOf(other));
    const request = await recordsOrder(alice, { contribution: number });
    const permit = authority.permit.bind(authority);
    authority.permit = async (asked, target) => {
      await permit(asked, target);
      if (asked === request || asked.type === "EraseRecords")
        await blocks.erase(hexToBytes(diaryHash), hexToBytes(hash));
    };

    await expect(client.erase(request)).rejects.toMatchObject({ ...refused("busy", "meanwhile"), retryable: true });

    expect(await client.get(hash)).toEqual(bytesOf(other));
  });

  test("the chain is asked about 256 other contributions of the same records, not more", async () => {
    chain.commit(diary, "Withdrawn");
    for (let more = 0; more < 257; more++) chain.commit(diary, "Withdrawn");
    await expect(records(alice)).rejects.toMatchObject(refused("not_allowed", "at most 256"));
    await expectWhole();
    chain.contributions.pop();
    await records(alice);
  });

  test.each(["{},", "[", '{"":'])("a file of millions of %s is refused before it is parsed", async (part) => {
    const bomb = Buffer.from(`{"records":[${part.repeat(8_000_000 / part.length)}`);
    const { hash } = await client.put(bomb);
    const started = performance.now();
    await expect(records(eraser, { content: hash })).rejects.toMatchObject(refused("too_many_records"));
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("a text may have what parts a file's records", async () => {
    const file = fileOf(alice.address, '",{[\\"'.repeat(200_000), "other");
    const { hash } = await client.put(bytesOf(file));
    await records(eraser, { content: hash, records: [1] });
    expect(await held(hash)).toEqual(redactContribution(file, [1]));
  });
});

/** As `recordsRoot` for texts of one letter: of each only once. */
function rootOfLetters(texts: readonly string[]): Hex {
  const leaves = new Map(texts.map((text) => [text, zeroHash as Hex]));
  for (const text of leaves.keys()) leaves.set(text, recordLeaf(text, "MIT"));
  return merkleRoot(
    domainHash("Record"),
    texts.map((text) => leaves.get(text)!),
  );
}

test.each([
  [0, "the redacted file"],
  [1, "the tombstone"],
])("a disk that is full after %i files, at %s, leaves the file served and nothing half-written", async (whole) => {
  await stop();
  let created = 0;
  await serve({
    ...diskBlockFiles,
    create: async (path) => {
      const file = await diskBlockFiles.create(path);
      created += 1;
      if (created <= whole) return file;
      const write = async () => {
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      };
      return { ...file, write };
    },
  });

  await expect(records(eraser, { records: [1] })).rejects.toMatchObject({ code: "storage_full", retryable: true });

  expect(await client.get(diaryHash)).toEqual(bytesOf(diary));
  expect(readdirSync(join(folder, "incoming"))).toEqual([]);
  await stop();
  await serve();
  await records(eraser, { records: [1] });
  expect(filesWith("555-0199")).toEqual([]);
});
