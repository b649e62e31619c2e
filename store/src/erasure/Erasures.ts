/**
 * Takes signed orders to erase. Whether an order may be done is found out at once, beside others; then they are done one at a time:
 * what an order finds is what the one before it has left.
 *
 * Records are erased by putting a redacted file into the place of the one that stands there, so that others of a contribution
 * can still be read, and its root checked.
 */
import {
  decodeErasureRequest,
  type EraseContent,
  type EraseRecords,
  type Erasure,
  type ErasureRequest,
  OpenLedgerError,
} from "@openledger/sdk";
import { type Address, bytesToHex, type Hex, hexToBytes, isAddressEqual, zeroHash } from "viem";
import { BlockErasedError } from "../BlockErasedError.js";
import { type BlockStore, maxBlockBytes } from "../BlockStore.js";
import { OneAtATime } from "../OneAtATime.js";
import { StoreError } from "../StoreError.js";
import type { ErasureAuthority } from "./ErasureAuthority.js";
import type { ErasureTarget } from "./ErasureTarget.js";
import { RedactionThread } from "./RedactionThread.js";

/** How far ahead a deadline may lie, in seconds: a signature that is lost does not stay good for long. */
export const maxDeadlineAhead = 86_400n;

/** Most orders that wait for their turn, and most of one contributor that are looked at or wait. */
const mostWaiting = 64;
const mostOfOne = 8;

export interface ErasuresDeps {
  readonly blocks: BlockStore;
  readonly authority: Pick<ErasureAuthority, "permit">;
  /** Seconds since 1970; the system's clock when not given. */
  readonly now?: (() => bigint) | undefined;
}

export class Erasures {
  readonly #turns = new OneAtATime(mostWaiting);
  readonly #redactions = new RedactionThread(mostWaiting);
  /** Another thread: what is not permitted yet keeps nobody waiting who may. */
  readonly #readings = new RedactionThread(mostWaiting);
  /** How many orders of each contributor are looked at or wait. */
  readonly #unfinished = new Map<string, number>();

  constructor(private readonly deps: ErasuresDeps) {}

  /**
   * Does what a request asks, and tells what stands for the content then; done before, it changes nothing.
   *
   * @param body The request's document, see `encodeErasureRequest`.
   * @throws StoreError `bad_request`, `deadline_passed`, `not_allowed`, `chain_unavailable`, `block_not_found`,
   * `content_mismatch`, `too_many_records`, `block_too_large`, `storage_full`, `busy`; BlockErasedError where the redacted file was itself erased before
   */
  async take(body: Uint8Array): Promise<Erasure> {
    const request = readRequest(body);
    this.#assertDeadline(request.order.deadline);
    const counted: string[] = [];
    try {
      const relied = await this.#permit(request, (contributor) => counted.push(this.#count(contributor)));
      return await this.#turns.run(() =>
        request.type === "EraseRecords" ? this.#eraseRecords(request.order, relied) : this.#eraseContent(request.order),
      );
    } finally {
      for (const contributor of counted) this.#uncount(contributor);
    }
  }

  /** Ends its threads. */
  async close(): Promise<void> {
    await Promise.all([this.#redactions.close(), this.#readings.close()]);
  }

  #assertDeadline(deadline: bigint): void {
    const now = (this.deps.now ?? systemSeconds)();
    if (deadline < now) {
      throw new StoreError(
        "deadline_passed",
        `The order was good until ${deadline}, it is ${now}: sign a new one.`,
        false,
      );
    }
    if (deadline > now + maxDeadlineAhead) {
      const most = `at most ${maxDeadlineAhead} seconds ahead of ${now}`;
      throw new StoreError("bad_request", `The order's deadline ${deadline} must lie ${most}: sign a new one.`, false);
    }
  }

  /** @throws StoreError `busy` where a contributor has sent too many: they would keep others' waiting */
  #count(contributor: Address): string {
    const name = contributor.toLowerCase();
    const unfinished = this.#unfinished.get(name) ?? 0;
    if (unfinished >= mostOfOne) {
      throw new StoreError(
        "busy",
        `${mostOfOne} orders of ${contributor} are not done yet. Send this one again later.`,
        true,
      );
    }
    this.#unfinished.set(name, unfinished + 1);
    return name;
  }

  #uncount(name: string): void {
    const unfinished = this.#unfinished.get(name)! - 1;
    if (unfinished === 0) this.#unfinished.delete(name);
    else this.#unfinished.set(name, unfinished);
  }

  /** What the right to erase relied on, where it relied on a file; `onContributor` is told whose it is before that is read. */
  async #permit(
    request: ErasureRequest,
    onContributor: (contributor: Address) => void,
  ): Promise<ErasureTarget | undefined> {
    let relied: ErasureTarget | undefined;
    await this.deps.authority.permit(request, async ({ contributor, recordCount }) => {
      onContributor(contributor);
      relied = await this.#standingTarget(request, recordCount);
      return relied;
    });
    return relied;
  }

  async #standingTarget(request: ErasureRequest, recordCount: number): Promise<ErasureTarget | undefined> {
    const { blocks } = this.deps;
    const records = request.type === "EraseRecords" ? request.order.records : [];
    while (true) {
      const standing = await blocks.standing(hexToBytes(request.order.content));
      if (standing === undefined) return undefined;
      try {
        return await this.#readings.read(async () => ({ file: await blocks.read(standing), records, recordCount }));
      } catch (error) {
        // Erased meanwhile, by an order whose turn it was: what stands now is further on.
        if (!(error instanceof BlockErasedError)) throw error;
      }
    }
  }

  async #eraseContent({ content, replacement }: EraseContent): Promise<Erasure> {
    const { blocks } = this.deps;
    await blocks.erase(hexToBytes(content), replacement === zeroHash ? undefined : hexToBytes(replacement));
    return erasureOf(content, await blocks.standing(hexToBytes(content)));
  }

  async #eraseRecords({ content, records }: EraseRecords, relied: ErasureTarget | undefined): Promise<Erasure> {
    const { blocks } = this.deps;
    const standing = await blocks.standing(hexToBytes(content));
    if (standing === undefined) return erasureOf(content, undefined);

    const { target, redacted } = await this.#redactions.redact(async () => ({
      file: await blocks.read(standing),
      records,
      recordCount: relied?.recordCount,
    }));
    if (relied !== undefined) assertSame(content, relied, target);
    if (redacted === undefined) return erasureOf(content, standing);
    if (redacted.length > maxBlockBytes) throw redactedTooLarge(redacted.length);
    const replacement = hexToBytes((await blocks.put(partsOf(redacted))).hash);
    await blocks.erase(standing, replacement);
    return erasureOf(content, replacement);
  }
}

/** An eraser may have put another file there since. @throws StoreError `busy` */
function assertSame(content: Hex, relied: ErasureTarget, found: ErasureTarget): void {
  if (relied.recordsRoot === found.recordsRoot && isAddressEqual(relied.contributor, found.contributor)) return;
  throw new StoreError(
    "busy",
    `Another file was put in the place of ${content} meanwhile. Send the order again.`,
    true,
  );
}

/** Leaves are longer than short texts. */
function redactedTooLarge(bytes: number): StoreError {
  const message =
    `Without these records the file would have ${bytes} bytes, and a block holds at most ${maxBlockBytes}. ` +
    "Ask an eraser of this store to erase the file whole, by an EraseContent.";
  return new StoreError("block_too_large", message, false);
}

/** So that no turn of the thread hashes all of it. */
function* partsOf(bytes: Uint8Array): Iterable<Uint8Array> {
  const most = 1024 * 1024;
  for (let at = 0; at < bytes.length; at += most) yield bytes.subarray(at, at + most);
}

function erasureOf(content: Hex, standing: Uint8Array | undefined): Erasure {
  const replacement = standing === undefined ? content : bytesToHex(standing);
  return replacement === content ? { content } : { content, replacement };
}

/** @throws StoreError `bad_request`: what cannot be read is the sender's to mend */
function readRequest(body: Uint8Array): ErasureRequest {
  try {
    return decodeErasureRequest(body);
  } catch (error) {
    if (error instanceof OpenLedgerError) throw new StoreError("bad_request", error.message, false, { cause: error });
    throw error;
  }
}

function systemSeconds(): bigint {
  return BigInt(Math.floor(Date.now() / 1000));
}
