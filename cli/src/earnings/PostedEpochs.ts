import { type query, readEpoch } from "@openledger/sdk";
import type { Connection } from "../connect.js";
import type { CheckList } from "../trace/CheckList.js";
import { type CheckedEpoch, checkEpoch, checkIndexed } from "./checkEpoch.js";
import { indexedOnce } from "./indexedOnce.js";
import type { EpochOnChain, Progress } from "./readProgress.js";

/** A proposed or final epoch; range and state are the chain's. */
export type PostedEpoch = CheckedEpoch & { readonly number: bigint; readonly onChain: EpochOnChain };

/** Posted epochs, held against the chain, downwards. Lists of two at most are kept in memory. */
export class PostedEpochs {
  readonly #kept = new Map<bigint, Promise<PostedEpoch | undefined>>();

  /** @param rows What the index says of the epochs that will be asked for. */
  constructor(
    private readonly connection: Connection,
    private readonly checks: CheckList,
    private readonly progress: Progress,
    private readonly rows: readonly query.IndexedEpoch[],
  ) {}

  /** Undefined where it is not to be had; what is wrong is a failed check then. @param number 1 to the newest posted one's. */
  at(number: bigint): Promise<PostedEpoch | undefined> {
    const epoch = this.#kept.get(number) ?? this.#check(number);
    this.#kept.delete(number + 1n);
    this.#kept.set(number, epoch);
    return epoch;
  }

  async #check(number: bigint): Promise<PostedEpoch | undefined> {
    const { connection, checks, progress } = this;
    const row = indexedOnce(checks, "epoch", this.rows, number);
    if (row === undefined) return undefined;
    const onChain =
      number === progress.epochs
        ? progress.newest
        : await checks.attempt("epoch", `epoch ${number}`, () => readEpoch(connection.reader, number));
    if (onChain === undefined) return undefined;
    checkIndexed(checks, row, onChain);
    const checked = await checkEpoch(connection, checks, row, onChain);
    if (checked === undefined) return undefined;
    return { ...checked, number, onChain };
  }
}
