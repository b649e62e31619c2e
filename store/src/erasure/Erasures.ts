/**
 * Takes signed orders to erase, one at a time: what an order finds is what the one before it has left.
 *
 * Records are erased by putting a redacted file into the place of the one that stands there, so that others of a contribution
 * can still be read, and its root checked.
 */
import {
  decodeErasureRequest,
  decodeHeldContribution,
  type EraseRecords,
  type Erasure,
  type ErasureRequest,
  encodeRedactedContribution,
  isErased,
  OpenLedgerError,
  recordsRoot,
  redactContribution,
} from "@openledger/sdk";
import { bytesToHex, hexToBytes, zeroHash } from "viem";
import type { BlockStore } from "../BlockStore.js";
import { OneAtATime } from "../OneAtATime.js";
import { StoreError } from "../StoreError.js";
import type { ErasureAuthority } from "./ErasureAuthority.js";
import type { ErasureTarget } from "./ErasureTarget.js";

/** How far ahead a deadline may lie, in seconds: a signature that is lost does not stay good for long. */
export const maxDeadlineAhead = 86_400n;

export interface ErasuresDeps {
  readonly blocks: BlockStore;
  readonly authority: Pick<ErasureAuthority, "permit">;
  /** Seconds since 1970; the system's clock when not given. */
  readonly now?: (() => bigint) | undefined;
}

export class Erasures {
  readonly #turns = new OneAtATime();

  constructor(private readonly deps: ErasuresDeps) {}

  /**
   * Does what a request asks, and tells what stands for the content then; done before, it changes nothing.
   *
   * @param body The request's document, see `encodeErasureRequest`.
   * @throws StoreError `bad_request`, `deadline_passed`, `not_allowed`, `chain_unavailable`, `block_not_found`,
   * `content_mismatch`, `storage_full`; BlockErasedError where the redacted file was itself erased before
   */
  async take(body: Uint8Array): Promise<Erasure> {
    const request = asked(() => decodeErasureRequest(body));
    this.#assertDeadline(request.order.deadline);
    return this.#turns.run(() => this.#erase(request));
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

  async #erase(request: ErasureRequest): Promise<Erasure> {
    if (request.type === "EraseRecords") return this.#eraseRecords(request);
    const { authority, blocks } = this.deps;
    const { content, replacement } = request.order;
    await authority.permit(request, async () => undefined);
    await blocks.erase(hexToBytes(content), replacement === zeroHash ? undefined : hexToBytes(replacement));
    return erasure(content, await blocks.standing(hexToBytes(content)));
  }

  async #eraseRecords(request: Extract<ErasureRequest, { readonly type: "EraseRecords" }>): Promise<Erasure> {
    const { authority, blocks } = this.deps;
    const { order } = request;
    const standing = await blocks.standing(hexToBytes(order.content));
    let read: Promise<ErasureTarget | undefined> | undefined;
    const target = () => {
      read ??= standing === undefined ? Promise.resolve(undefined) : this.#target(standing, order);
      return read;
    };
    await authority.permit(request, target);
    const found = await target();
    if (standing === undefined || found === undefined) return erasure(order.content, undefined);

    const { file, places } = found;
    if (places.every((place) => isErased(file.records[place]!))) return erasure(order.content, standing);
    const redacted = asked(() => encodeRedactedContribution(redactContribution(file, places)));
    const replacement = hexToBytes((await blocks.put([redacted])).hash);
    await blocks.erase(standing, replacement);
    return erasure(order.content, replacement);
  }

  /** @throws StoreError `bad_request` where the content is no contribution's file, or has no such record */
  async #target(standing: Uint8Array, { records }: EraseRecords): Promise<ErasureTarget> {
    const bytes = await this.deps.blocks.read(standing);
    const file = asked(() => decodeHeldContribution(bytes));
    const outside = records.find((place) => place >= file.records.length);
    if (outside !== undefined) {
      const message = `The file has ${file.records.length} records, from 0; there is no record ${outside}.`;
      throw new StoreError("bad_request", message, false);
    }
    return {
      file,
      places: records.length > 0 ? records : file.records.map((_, place) => place),
      root: () => asked(() => recordsRoot(file)),
    };
  }
}

function erasure(content: Erasure["content"], standing: Uint8Array | undefined): Erasure {
  const replacement = standing === undefined ? content : bytesToHex(standing);
  return replacement === content ? { content } : { content, replacement };
}

/** What the SDK refuses of what was sent is the sender's to mend. */
function asked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OpenLedgerError) throw new StoreError("bad_request", error.message, false, { cause: error });
    throw error;
  }
}

function systemSeconds(): bigint {
  return BigInt(Math.floor(Date.now() / 1000));
}
