/**
 * Contributions' files, each checked once against what the chain has of it.
 *
 * Kept in memory is what belongs to a contribution as a whole, and the paths of records that were asked for last; the paths of all
 * are kept on disk, since to read them out of 32 MiB of texts takes half a second. Texts are read from the file again, which
 * is known by the hash of what was checked: that of the chain or, where records were erased, of what stands for it.
 */
import {
  type Contribution,
  contributionDigest,
  contributionFault,
  decodeHeldContribution,
  type HeldContribution,
  isErased,
  MalformedDocumentError,
} from "@openledger/sdk";
import type { Address, Hex } from "viem";
import { BitSet } from "./BitSet.js";
import type { FileCache } from "./FileCache.js";
import { heldFile } from "./heldFile.js";
import { ModelUnusable } from "./ModelUnusable.js";
import { Once } from "./Once.js";
import { PathTable } from "./PathTable.js";
import { RecentPaths } from "./RecentPaths.js";

/** Paths of a million records and more. */
const PATH_BYTES = 64 * 1024 * 1024;

/** What all records of a contribution have in common. */
export interface KeptContribution {
  readonly number: bigint;
  readonly contributor: Address;
  /** SPDX identifier. */
  readonly licence: string;
  /** Empty names where all records were erased. */
  readonly source: { readonly name: string; readonly version: string };
  /** SHA-256 of the file that was checked. */
  readonly held: Hex;
  /** Which of its records were erased, by index; undefined for none. */
  readonly erased: BitSet | undefined;
}

export class ContributionShelf {
  /** By Datanet, and by what a contribution is for ever: versions share what they have in common. */
  readonly #checked = new Once<KeptContribution>();
  readonly #paths: RecentPaths;
  /** One file at a time is read for its paths: each may take some 100 MiB, and many answers may want many. */
  #reading: Promise<unknown> = Promise.resolve();

  /** @param pathBytes most bytes of paths that are kept */
  constructor(
    private readonly files: Pick<FileCache, "get" | "getMade" | "keepMade">,
    pathBytes = PATH_BYTES,
  ) {
    this.#paths = new RecentPaths(pathBytes);
  }

  /**
   * A contribution whose file has the records that the chain says; what was found right once is not read again, nor is what the
   * chain names and is false.
   *
   * @throws ModelUnusable for a file that has others, or is none; ContentUnavailableError, ContentErasedError, ContentMismatchError
   */
  check(contribution: Contribution): Promise<KeptContribution> {
    const asked = `${contribution.datanet}/${contributionDigest(contribution)}`;
    return this.#checked.do(asked, () => this.#check(contribution));
  }

  /** Forgets contributions to other Datanets than these; their files stay. */
  retain(datanets: ReadonlySet<bigint>): void {
    this.#checked.retain((asked) => datanets.has(BigInt(asked.split("/", 1)[0]!)));
  }

  async #check(contribution: Contribution): Promise<KeptContribution> {
    const { number, dataHash, contributor } = contribution;
    const { bytes, hash: held, waitsFor } = await heldFile(this.files, dataHash);
    const name = `Contribution ${number}, file ${dataHash}`;
    const file = decode(bytes, name, waitsFor);
    const fault = await contributionFault(file, contribution);
    if (fault !== undefined) throw new ModelUnusable(`${name}: ${fault}.`, { waitsFor });
    await this.#keepPaths(held, PathTable.of(file));
    const { licence, source, records } = file;
    const erased = new BitSet(records.length, (index) => isErased(records[index]!));
    return { number, contributor, licence, source, held, erased: erased.size === 0 ? undefined : erased };
  }

  /**
   * `[records of the file]`: their texts, empty for one that was erased.
   *
   * @throws ContentUnavailableError, ContentErasedError, ContentMismatchError
   */
  async texts({ held }: KeptContribution): Promise<readonly string[]> {
    const { records } = decodeHeldContribution(await this.files.get(held));
    return records.map((record) => (isErased(record) ? "" : record.text));
  }

  /**
   * Where its records come from.
   *
   * @param signal Ends the wait, for the store as well as for others that read
   * @throws ContentUnavailableError, ContentErasedError, ContentMismatchError; the signal's reason
   */
  async paths({ held }: KeptContribution, signal: AbortSignal): Promise<PathTable> {
    const known = this.#paths.get(held);
    if (known !== undefined) return known;
    const read = this.#reading.then(async () => {
      signal.throwIfAborted();
      return this.#paths.get(held) ?? (await this.#readPaths(held, signal));
    });
    this.#reading = read.catch(() => undefined);
    return unlessEnded(read, signal);
  }

  async #readPaths(held: Hex, signal: AbortSignal): Promise<PathTable> {
    const made = await this.files.getMade(held);
    if (made !== undefined) {
      const table = PathTable.decode(made);
      this.#paths.keep(held, table);
      return table;
    }
    const table = PathTable.of(decodeHeldContribution(await this.files.get(held, { signal })));
    await this.#keepPaths(held, table);
    return table;
  }

  async #keepPaths(held: Hex, table: PathTable): Promise<void> {
    this.#paths.keep(held, table);
    await this.files.keepMade(held, table.encode());
  }
}

/** @throws the signal's reason where that comes first */
async function unlessEnded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let end = () => {};
  const ended = new Promise<never>((_resolve, reject) => {
    end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function decode(bytes: Uint8Array, name: string, waitsFor: string | undefined): HeldContribution {
  try {
    return decodeHeldContribution(bytes);
  } catch (cause) {
    if (!(cause instanceof MalformedDocumentError)) throw cause;
    throw new ModelUnusable(`${name}: ${cause.message}`, { waitsFor, cause });
  }
}
