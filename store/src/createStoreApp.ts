/**
 * The store over HTTP: an IPFS gateway for its own blocks, an upload, and what graph-node asks of an IPFS node.
 *
 *   GET /ipfs/<cid>            the block's bytes, verified
 *   HEAD /ipfs/<cid>           whether it is there, and its length: by its file's name and size alone, nothing is verified
 *   PUT /blocks                stores the body (1 byte to 32 MiB), answers {"hash","cid","bytes"}
 *   POST /erasures             erases for good what a signed order names, answers {"content","replacement"?}
 *   POST /api/v0/version       a Kubo-style version, so that graph-node knows an IPFS service is there
 *   GET /health                {"status":"ok"}
 *
 * Who may call. Anyone who reaches the port may read and upload: it listens on the loopback interface unless configured otherwise.
 * An erasure needs the signature of an eraser, for anything, or of a contributor, for records of its own that earn no more (see
 * `ErasureAuthority`), whoever brings it; erasures are done one at a time, and at most 64 wait: more are answered 503, `busy`. What was erased answers 410, with the "replacement"
 * that stands for it where there is one, to readers and to who would store it again.
 */
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { encodeErasure } from "@openledger/sdk";
import { BlockErasedError } from "./BlockErasedError.js";
import { type BlockStore, maxBlockBytes, tooLarge } from "./BlockStore.js";
import { digestOf, isContentId } from "./contentId.js";
import type { Erasures } from "./erasure/Erasures.js";
import { StoreError, type StoreErrorCode } from "./StoreError.js";

export interface StoreAppDeps {
  readonly blocks: BlockStore;
  /** Undefined: nobody may have anything erased. */
  readonly erasures?: Erasures | undefined;
  /** Receives what went wrong inside, not what a client asked wrongly. */
  readonly onFault: (error: unknown) => void;
}

/** Most bytes of an order to erase, 1 MiB: its longest takes 800 kB. */
const maxErasureBytes = 1024 * 1024;

const statusOf: Readonly<Record<StoreErrorCode, number>> = {
  bad_cid: 400,
  bad_request: 400,
  block_erased: 410,
  block_not_found: 404,
  block_too_large: 413,
  busy: 503,
  chain_unavailable: 503,
  content_mismatch: 500,
  deadline_passed: 400,
  empty_block: 400,
  erasure_off: 403,
  incomplete_body: 400,
  method_not_allowed: 405,
  not_allowed: 403,
  request_too_large: 413,
  route_not_found: 404,
  storage_full: 507,
  too_many_records: 403,
};

/** A request listener without a server. */
export function createStoreApp(deps: StoreAppDeps): RequestListener {
  return (request, response) => {
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("access-control-allow-origin", "*");
    route(deps, request, response).catch((error: unknown) => answerError(deps, request, response, error));
  };
}

async function route(deps: StoreAppDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "/").split("?", 1)[0] as string;
  if (path.startsWith("/ipfs/")) {
    allow(request, response, ["GET", "HEAD"]);
    return serveBlock(deps, request, response, path.slice("/ipfs/".length));
  }
  if (path === "/blocks") {
    allow(request, response, ["PUT"]);
    return storeBlock(deps, request, response);
  }
  if (path === "/erasures") {
    allow(request, response, ["POST"]);
    return erase(deps, request, response);
  }
  if (path === "/api/v0/version") {
    allow(request, response, ["POST"]);
    return answerJson(response, 200, { Version: "0.1.0", System: "openledger" });
  }
  if (path === "/health") {
    allow(request, response, ["GET", "HEAD"]);
    return answerJson(response, 200, { status: "ok" });
  }
  throw new StoreError(
    "route_not_found",
    "No such path: /ipfs/<cid>, /blocks, /erasures, /api/v0/version and /health exist.",
    false,
  );
}

async function serveBlock(
  deps: StoreAppDeps,
  request: IncomingMessage,
  response: ServerResponse,
  cid: string,
): Promise<void> {
  if (isCacheProbe(request) && isContentId(cid) && !(await holds(deps.blocks, cid))) {
    // The gateway specification's answer to "only if you hold it"; graph-node asks so at its start.
    response.writeHead(412).end();
    return;
  }
  const digest = digestOf(cid);
  if (request.method === "HEAD") {
    response.writeHead(200, blockHeaders(cid, await deps.blocks.size(digest))).end();
    return;
  }
  const block = await deps.blocks.openBlock(digest);
  try {
    response.writeHead(200, blockHeaders(cid, block.bytes));
    await pipeline(block.chunks(), response);
  } finally {
    await block.close();
  }
}

function blockHeaders(cid: string, bytes: number): OutgoingHttpHeaders {
  return {
    "content-type": "application/octet-stream",
    "content-length": bytes,
    "cache-control": "public, max-age=31536000, immutable",
    // A stored file is anyone's: a browser that opens it must not run it.
    "content-security-policy": "default-src 'none'; sandbox",
    etag: `"${cid}"`,
  };
}

async function storeBlock(deps: StoreAppDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (Number(request.headers["content-length"] ?? 0) > maxBlockBytes) throw tooLarge();
  const stored = await deps.blocks.put(bodyOf(request));
  answerJson(response, 200, stored);
}

async function erase(deps: StoreAppDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (deps.erasures === undefined) {
    const message = "This store erases nothing: its operator has named no eraser and no chain. Ask the operator.";
    throw new StoreError("erasure_off", message, false);
  }
  if (Number(request.headers["content-length"] ?? 0) > maxErasureBytes) throw requestTooLarge();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of bodyOf(request)) {
    bytes += part.length;
    if (bytes > maxErasureBytes) throw requestTooLarge();
    parts.push(part);
  }
  answerJsonBytes(response, 200, encodeErasure(await deps.erasures.take(Buffer.concat(parts))));
}

function requestTooLarge(): StoreError {
  const message = `An order to erase has at most ${maxErasureBytes} bytes; the body is longer. Name fewer records.`;
  return new StoreError("request_too_large", message, false);
}

async function* bodyOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of request) yield chunk as Uint8Array;
  } catch (cause) {
    throw new StoreError("incomplete_body", "The connection ended before the whole body came.", true, { cause });
  }
}

async function holds(blocks: BlockStore, cid: string): Promise<boolean> {
  try {
    await blocks.size(digestOf(cid));
    return true;
  } catch {
    return false;
  }
}

function isCacheProbe(request: IncomingMessage): boolean {
  return request.headers["cache-control"] === "only-if-cached";
}

function allow(request: IncomingMessage, response: ServerResponse, methods: readonly string[]): void {
  if (methods.includes(request.method ?? "")) return;
  response.setHeader("allow", methods.join(", "));
  throw new StoreError("method_not_allowed", `${request.method} is not served here; ${methods.join(", ")} is.`, false);
}

function answerError(deps: StoreAppDeps, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  // The client went away: nobody is left to tell, and nothing of the store failed.
  if (response.destroyed) return;
  const known = error instanceof StoreError;
  const status = known ? statusOf[error.code] : 500;
  if (!known || (status >= 500 && error.code !== "busy")) deps.onFault(error);
  if (response.headersSent) {
    // A part of the body is out: only a broken connection tells the client that it is not the whole.
    response.destroy();
    return;
  }
  // What is left of an unread body would be taken for the next request.
  if (!request.complete) response.setHeader("connection", "close");
  const said = known
    ? { code: error.code, message: error.message, retryable: error.retryable }
    : { code: "internal", message: "The store failed; its log says why.", retryable: true };
  const replacement = error instanceof BlockErasedError ? error.replacement : undefined;
  answerJson(response, status, { error: said, replacement });
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  answerJsonBytes(response, status, Buffer.from(JSON.stringify(body)));
}

function answerJsonBytes(response: ServerResponse, status: number, body: Uint8Array): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}
