/** Contributions' files in a store of memory, and what the chain has of them. */
import {
  ContentErasedError,
  ContentUnavailableError,
  type Contribution,
  type ContributionFile,
  contentHash,
  contributionCommitment,
  encodeContributionFile,
  encodeRedactedContribution,
  redactContribution,
} from "@openledger/sdk";
import { type Address, type Hex, pad } from "viem";

export class TestContributions {
  readonly files = new Map<Hex, Uint8Array>();
  /** As the cache has them beside the files. */
  readonly made = new Map<Hex, Uint8Array>();
  /** Whether it answers nobody, until their signal ends the wait. */
  hangs = false;
  /** What was asked of the store, in order. */
  readonly asked: Hex[] = [];
  readonly #sources = new Map<Hex, ContributionFile>();
  readonly #replaced = new Map<Hex, Hex>();

  /** @param texts of its records, whose paths are `<number>/<index>.txt` */
  add(number: bigint, texts: readonly string[], contributor: Address = pad("0x1", { size: 20 })): Contribution {
    const file: ContributionFile = {
      datanet: 7n,
      contributor,
      licence: "MIT",
      source: { name: `source ${number}`, version: "1.0.0" },
      records: texts.map((text, i) => ({ path: `${number}/${i}.txt`, text })),
    };
    const { recordsRoot, recordCount, licence, dataHash } = contributionCommitment(file);
    this.put(encodeContributionFile(file));
    this.#sources.set(dataHash, file);
    const { datanet } = file;
    return { number, datanet, contributor, recordCount, rules: 1, committedAt: 1n, recordsRoot, licence, dataHash };
  }

  put(bytes: Uint8Array): Hex {
    const hash = contentHash(bytes);
    this.files.set(hash, bytes);
    return hash;
  }

  /** Erases records, by their indexes: the store has the rest of the file in its place. */
  erase({ dataHash }: Contribution, indexes: readonly number[]): Hex {
    const rest = this.put(encodeRedactedContribution(redactContribution(this.#sources.get(dataHash)!, indexes)));
    this.replace(dataHash, rest);
    return rest;
  }

  replace(hash: Hex, replacement: Hex): void {
    this.files.delete(hash);
    this.#replaced.set(hash, replacement);
  }

  readonly getMade = async (hash: Hex): Promise<Uint8Array | undefined> => this.made.get(hash);

  readonly keepMade = async (hash: Hex, bytes: Uint8Array): Promise<void> => {
    this.made.set(hash, bytes);
  };

  readonly get = async (hash: Hex, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> => {
    this.asked.push(hash);
    if (this.hangs) {
      await new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    }
    const replacement = this.#replaced.get(hash);
    if (replacement !== undefined) throw new ContentErasedError("http://store", replacement);
    const bytes = this.files.get(hash);
    if (bytes === undefined) throw new ContentUnavailableError("http://store", "status 404", { retryable: true });
    return bytes;
  };
}
