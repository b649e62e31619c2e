import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BlockFiles, diskBlockFiles } from "./BlockFiles.js";
import { BlockStore, maxBlockBytes } from "./BlockStore.js";
import { contentIdOf } from "./contentId.js";
import { createStoreApp } from "./createStoreApp.js";

let folder: string;
let server: Server;
let url: string;
let faults: unknown[];

async function serve(files: BlockFiles = diskBlockFiles): Promise<void> {
  const blocks = await BlockStore.open(folder, files);
  faults = [];
  server = createServer(createStoreApp({ blocks, onFault: (error) => faults.push(error) }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "openledger-store-"));
  await serve();
});

afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const put = (body: string | Uint8Array<ArrayBuffer>) => fetch(`${url}/blocks`, { method: "PUT", body });
const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; message: string } }).error;
const incoming = () => readdirSync(join(folder, "incoming"));
const fileOf = (digest: Buffer) => join(folder, digest.toString("hex").slice(0, 2), digest.toString("hex"));

test("a stored block comes back under the CID that names its sha-256", async () => {
  const response = await put("hello world");

  // By `base32` over 01 55 12 20 and the digest.
  const cid = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
  expect(await response.json()).toEqual({
    hash: "0xb94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
    cid,
    bytes: 11,
  });
  const read = await fetch(`${url}/ipfs/${cid}`);
  expect(await read.text()).toBe("hello world");
  expect(read.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
  const head = await fetch(`${url}/ipfs/${cid}`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, "11"]);
});

test("blocks outlive the process, and a half-written one is dropped", async () => {
  const bytes = new Uint8Array(1_000_000).fill(7);
  await put(bytes);
  await stop();
  writeFileSync(join(folder, "incoming", "left-by-a-kill"), "half");

  await serve();

  const read = await fetch(`${url}/ipfs/${contentIdOf(sha256(bytes))}`);
  expect(sha256(new Uint8Array(await read.arrayBuffer()))).toEqual(sha256(bytes));
  expect(incoming()).toEqual([]);
});

test("bytes the disk altered are not served; the error names the file and both hashes; storing again heals", async () => {
  const digest = sha256(Buffer.from("record"));
  await put("record");
  appendFileSync(fileOf(digest), "!");

  const response = await fetch(`${url}/ipfs/${contentIdOf(digest)}`);
  const error = await errorOf(response);

  expect([response.status, error.code]).toEqual([500, "content_mismatch"]);
  expect(error.message).toContain(fileOf(digest));
  expect(error.message).toContain(`0x${digest.toString("hex")}`);
  expect(error.message).toContain(`0x${sha256(Buffer.from("record!")).toString("hex")}`);
  expect(faults).toHaveLength(1);
  await put("record");
  expect(await (await fetch(`${url}/ipfs/${contentIdOf(digest)}`)).text()).toBe("record");
});

test("HEAD tells by the file alone: it reads nothing, so that it verifies nothing", async () => {
  await put("record");
  const digest = sha256(Buffer.from("record"));
  writeFileSync(fileOf(digest), "altered");

  const head = await fetch(`${url}/ipfs/${contentIdOf(digest)}`, { method: "HEAD" });
  const missing = await fetch(`${url}/ipfs/${contentIdOf(sha256(Buffer.from("other")))}`, { method: "HEAD" });

  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "7", ""]);
  expect([missing.status, await missing.text()]).toEqual([404, ""]);
  expect((await fetch(`${url}/ipfs/${contentIdOf(digest)}`)).status).toBe(500);
});

test("a body of the limit is stored, one byte more is not", async () => {
  const limit = await put(new Uint8Array(maxBlockBytes));
  expect(limit.status).toBe(200);

  const declared = await put(new Uint8Array(maxBlockBytes + 1)).then(
    (response) => response.status,
    // The store may close the connection before the client has sent all of it.
    () => 413,
  );
  expect(declared).toBe(413);
  expect(incoming()).toEqual([]);
});

test("a body that grows past the limit without saying its length is cut off", async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest(`${url}/blocks`, { method: "PUT" }, (response) => resolve(response.statusCode));
    request.on("error", reject);
    const part = Buffer.alloc(1024 * 1024);
    const more = (left: number) => {
      if (left > 0 && !request.destroyed) request.write(part, () => more(left - 1));
    };
    more(33);
  });

  expect(status).toBe(413);
  expect(incoming()).toEqual([]);
});

test("an empty body is refused", async () => {
  const response = await put("");
  expect([response.status, (await errorOf(response)).code]).toEqual([400, "empty_block"]);
});

test("an upload that breaks off leaves nothing", async () => {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const closed = new Promise<void>((resolve) => server.once("request", (request) => request.once("close", resolve)));
  socket.write("PUT /blocks HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nonly this", () => socket.destroySoon());
  await closed;

  await expect.poll(incoming).toEqual([]);
  const digest = sha256(Buffer.from("only this"));
  expect(existsSync(fileOf(digest))).toBe(false);
});

test("a full disk is said to be full, and nothing is left of the upload", async () => {
  await stop();
  await serve({
    ...diskBlockFiles,
    create: async (path) => {
      const file = await diskBlockFiles.create(path);
      return {
        ...file,
        write: async () => {
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
        },
      };
    },
  });

  const response = await put("does not fit");
  const error = await errorOf(response);

  expect([response.status, error.code]).toEqual([507, "storage_full"]);
  expect(incoming()).toEqual([]);
  expect(faults).toHaveLength(1);
});

test.each([
  ["../../../../etc/passwd", 400],
  ["..%2f..%2fetc%2fpasswd", 400],
  ["%00", 400],
  ["", 400],
  ["bafk", 400],
  // CIDv0, dag-pb, upper case, and sha2-512: not names this store gives.
  ["QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n", 400],
  ["bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi", 400],
  ["BAFKREIFZJUT3TE2NHYEKKLSS27NH3K72YSCO7Y32KOAO5EEI66WOF36N5E", 400],
  ["bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy", 404],
])("GET /ipfs/%s answers %i", async (name, status) => {
  // Raw, because fetch would resolve the dots itself.
  const answered = await new Promise<number | undefined>((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    httpRequest({ host: "127.0.0.1", port, path: `/ipfs/${name}` }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });

  expect(answered).toBe(status);
});

test("other paths and methods are refused", async () => {
  expect((await fetch(`${url}/blocks/../incoming`)).status).toBe(404);
  const posted = await fetch(`${url}/blocks`, { method: "POST", body: "x" });
  expect([posted.status, posted.headers.get("allow")]).toEqual([405, "PUT"]);
});

test("answers what graph-node asks of an IPFS service at its start", async () => {
  const probe = await fetch(`${url}/ipfs/bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi`, {
    method: "HEAD",
    headers: { "cache-control": "only-if-cached" },
  });
  const version = await fetch(`${url}/api/v0/version`, { method: "POST" });

  expect(probe.status).toBe(412);
  expect([version.status, typeof ((await version.json()) as { Version: string }).Version]).toEqual([200, "string"]);
});
