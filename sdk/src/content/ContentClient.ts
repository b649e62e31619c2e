import { bytesToHex, type Hex } from "viem";
import { readAtMost } from "../bytes/readAtMost.js";
import { ContentErasedError } from "../errors/ContentErasedError.js";
import { ContentMismatchError } from "../errors/ContentMismatchError.js";
import { ContentUnavailableError } from "../errors/ContentUnavailableError.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { MalformedDocumentError } from "../errors/MalformedDocumentError.js";
import { OpenLedgerError } from "../errors/OpenLedgerError.js";
import { contentCid, contentHash } from "../hash/content.js";
import { DocumentReader } from "../wire/DocumentReader.js";
import { decodeErasure, type Erasure, type ErasureRequest, encodeErasureRequest } from "../wire/erasure.js";

const ATTEMPTS = 3;
const TIMEOUT_MS = 120_000;

/** Largest file that the content store takes. */
export const MAX_CONTENT_BYTES = 32 * 1024 * 1024;

/** Most of what a store may say that is no file. */
const MAX_ANSWER_BYTES = 64 * 1024;

export type ContentClientOptions = {
  /** Base address of a content store or of any IPFS gateway. */
  readonly url: string;
  /** Injected for tests and for browsers with their own; the global `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long a whole transfer may take; two minutes by default. */
  readonly timeoutMs?: number;
};

/** Reads and writes files by their SHA-256; what it returns hashes to what was asked, whoever served it. */
export class ContentClient {
  readonly #url: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #timeoutMs: number;

  constructor({ url, fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS }: ContentClientOptions) {
    this.#url = url.replace(/\/+$/, "");
    this.#timeoutMs = timeoutMs;
    this.#fetch = (input, init) => fetch(input, init);
  }

  /**
   * @param hash SHA-256 of the file.
   * @param options `maximumBytes`: of a longer file no more is read, 32 MiB if absent.
   * @throws ContentErasedError when the store has erased it.
   * @throws ContentUnavailableError when the store has no such file, has a longer one, or cannot be reached.
   * @throws ContentMismatchError when what it delivers hashes to something else.
   */
  async get(
    hash: Hex,
    {
      signal,
      maximumBytes = MAX_CONTENT_BYTES,
    }: { readonly signal?: AbortSignal; readonly maximumBytes?: number } = {},
  ): Promise<Uint8Array> {
    const url = `${this.#url}/ipfs/${contentCid(hash)}`;
    const response = await this.#request(url, { ...(signal && { signal }) });
    const bytes = await this.#body(url, response, maximumBytes);
    const found = await hashOf(bytes);
    if (found !== hash.toLowerCase()) throw new ContentMismatchError(url, hash, found);
    return bytes;
  }

  /** Whether the store has erased a file; one that it never had is not. @throws ContentUnavailableError */
  async isErased(hash: Hex, options: { readonly signal?: AbortSignal } = {}): Promise<boolean> {
    const url = `${this.#url}/ipfs/${contentCid(hash)}`;
    try {
      await this.#request(url, { ...options, method: "HEAD" });
      return false;
    } catch (error) {
      if (error instanceof ContentErasedError) return true;
      if (error instanceof ContentUnavailableError && error.status === 404) return false;
      throw error;
    }
  }

  /**
   * Stores a file; storing it again is harmless.
   *
   * @param bytes At most 32 MiB. @returns Its SHA-256 and CID.
   * @throws ContentUnavailableError, ContentMismatchError, InvalidValueError
   */
  async put(
    bytes: Uint8Array,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly hash: Hex; readonly cid: string }> {
    if (bytes.length > MAX_CONTENT_BYTES)
      throw new InvalidValueError("file", `at most ${MAX_CONTENT_BYTES} bytes`, bytes);
    const url = `${this.#url}/blocks`;
    const response = await this.#request(url, {
      ...options,
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: bytes as BodyInit,
    });
    const answer = JSON.parse(new TextDecoder().decode(await this.#body(url, response, MAX_ANSWER_BYTES))) as {
      hash?: Hex;
    };
    const hash = await hashOf(bytes);
    if (answer.hash?.toLowerCase() !== hash) throw new ContentMismatchError(url, hash, answer.hash ?? "0x");
    return { hash, cid: contentCid(hash) };
  }

  /**
   * Has the store erase records of a contribution, or a file. Asking again is harmless: it tells what stands there.
   *
   * Warning: this store alone forgets it, for good. Another one has to be asked too, with the same signature.
   *
   * @throws OpenLedgerError with the store's code, for instance `not_allowed`, `deadline_passed`, `chain_unavailable`
   * @throws ContentUnavailableError, InvalidValueError; MalformedDocumentError where its answer is of something else
   */
  async erase(request: ErasureRequest, options: { readonly signal?: AbortSignal } = {}): Promise<Erasure> {
    const url = `${this.#url}/erasures`;
    const limit = AbortSignal.timeout(this.#timeoutMs);
    const init: RequestInit = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: encodeErasureRequest(request) as BodyInit,
      signal: options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]),
    };
    const response = await this.#connect(url, init, options.signal);
    const bytes = await this.#body(url, response, MAX_ANSWER_BYTES);
    if (!response.ok) throw refusal(url, response.status, bytes);
    const erasure = decodeErasure(bytes);
    const { content } = request.order;
    if (erasure.content === content.toLowerCase()) return erasure;
    throw new MalformedDocumentError("erasure", "content", `expected ${content}, found ${erasure.content}`);
  }

  async #request(url: string, init: RequestInit): Promise<Response> {
    const limit = AbortSignal.timeout(this.#timeoutMs);
    const signal = init.signal == null ? limit : AbortSignal.any([init.signal, limit]);
    const response = await this.#connect(url, { ...init, signal }, init.signal ?? undefined);
    if (response.status === 410) throw new ContentErasedError(url, await this.#replacement(url, response));
    if (!response.ok) {
      const retryable = response.status === 404 || response.status === 429 || response.status >= 500;
      throw new ContentUnavailableError(url, `status ${response.status}`, { retryable, status: response.status });
    }
    return response;
  }

  /** Reading, storing and erasing by hash may be done twice: a kept-alive connection that the store has closed is tried again. */
  async #connect(url: string, init: RequestInit, caller: AbortSignal | undefined): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#fetch(url, init);
      } catch (cause) {
        caller?.throwIfAborted();
        if (attempt === ATTEMPTS) throw new ContentUnavailableError(url, "no connection", { retryable: true, cause });
      }
    }
  }

  /** What an OpenLedger store says of a file that it erased; a gateway that blocks one may say nothing, or a whole page. */
  async #replacement(url: string, response: Response): Promise<Hex | undefined> {
    const bytes = await this.#bodyAtMost(url, response, MAX_ANSWER_BYTES);
    if (bytes === undefined) return undefined;
    try {
      const replacement = DocumentReader.parse("the store's error", bytes).field("replacement");
      return replacement.present ? replacement.bytes32() : undefined;
    } catch (error) {
      if (error instanceof MalformedDocumentError) return undefined;
      throw error;
    }
  }

  async #body(url: string, response: Response, limit: number): Promise<Uint8Array> {
    const bytes = await this.#bodyAtMost(url, response, limit);
    if (bytes !== undefined) return bytes;
    throw new ContentUnavailableError(url, `more than ${limit} bytes`, { retryable: true });
  }

  /** Undefined where it is longer. @throws ContentUnavailableError */
  async #bodyAtMost(url: string, response: Response, limit: number): Promise<Uint8Array | undefined> {
    try {
      return await readAtMost(response.body, limit);
    } catch (cause) {
      throw new ContentUnavailableError(url, "a broken transfer", { retryable: true, cause });
    }
  }
}

/** What a store said, or what is left to say of one that speaks another language. */
function refusal(url: string, status: number, bytes: Uint8Array): OpenLedgerError {
  try {
    const error = DocumentReader.parse("the store's error", bytes).field("error");
    return new OpenLedgerError(error.field("message").text(), {
      code: error.field("code").text(),
      retryable: error.field("retryable").raw === true,
    });
  } catch (cause) {
    if (!(cause instanceof MalformedDocumentError)) throw cause;
    return new ContentUnavailableError(url, `status ${status}`, { retryable: status === 429 || status >= 500, cause });
  }
}

/** As `contentHash`, beside the thread where the platform can: 32 MiB would hold it up for most of a second. */
async function hashOf(bytes: Uint8Array): Promise<Hex> {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (subtle === undefined) return contentHash(bytes);
  return bytesToHex(new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource)));
}
