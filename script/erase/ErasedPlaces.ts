import {
  type ContentClient,
  ContentErasedError,
  type Contribution,
  contributionFault,
  decodeHeldContribution,
  getHeld,
  isErased,
  OpenLedgerError,
  type Revocation,
  VersionRecords,
} from "@openledger/sdk";
import type { VersionPlaces } from "./eraseFromIndexes.js";

type Places = ReadonlySet<number> | "all";
const NONE: Places = new Set();

/** What a Datanet's content store holds no longer, contribution by contribution, each of which is asked for once. */
export class ErasedPlaces {
  readonly #erased = new Map<bigint, Places>();
  readonly #left: string[] = [];

  constructor(
    private readonly content: Pick<ContentClient, "get">,
    private readonly signal: AbortSignal,
  ) {}

  /** Contributions of which nothing counts as erased, since their files are not what the chain has: which, why, what to do. */
  get left(): readonly string[] {
    return this.#left;
  }

  /**
   * @param contributions That the version was made of, in its order
   * @param revocations Before it was published
   * @throws The signal's reason
   */
  async inVersion(contributions: readonly Contribution[], revocations: readonly Revocation[]): Promise<VersionPlaces> {
    const records = new VersionRecords(contributions, revocations);
    const erased: number[] = [];
    for (const [contribution, committed] of contributions.entries()) {
      const left = [...records.of(contribution)];
      // what was revoked before is not asked for
      if (left.length === 0) continue;
      const gone = await this.#of(committed);
      erased.push(...left.filter(({ index }) => gone === "all" || gone.has(index)).map(({ place }) => place));
    }
    return { recordCount: records.length, erased };
  }

  async #of(contribution: Contribution): Promise<Places> {
    const known = this.#erased.get(contribution.number);
    if (known !== undefined) return known;
    const read = await this.#read(contribution);
    this.#erased.set(contribution.number, read);
    return read;
  }

  async #read(contribution: Contribution): Promise<Places> {
    const { dataHash } = contribution;
    try {
      const file = decodeHeldContribution(await getHeld(this.content, dataHash, { signal: this.signal }));
      const fault = await contributionFault(file, contribution);
      if (fault === undefined) {
        return new Set(file.records.flatMap((record, place) => (isErased(record) ? [place] : [])));
      }
      this.#leave(contribution, `${fault}.`);
    } catch (error) {
      this.signal.throwIfAborted();
      if (error instanceof ContentErasedError) return "all";
      if (!(error instanceof OpenLedgerError)) throw error;
      this.#leave(contribution, error.message);
    }
    return NONE;
  }

  #leave({ number, datanet, dataHash }: Contribution, found: string): void {
    this.#left.push(
      `Contribution ${number} of Datanet ${datanet}: its file ${dataHash} says nothing of what was erased: ${found} ` +
        "Put the right file into the store, or have it erased, and run this again",
    );
  }
}
