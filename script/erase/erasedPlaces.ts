import {
  type ContentClient,
  ContentErasedError,
  type Contribution,
  decodeHeldContribution,
  getHeld,
  isErased,
  type Revocation,
  versionRecords,
} from "@openledger/sdk";

/** What a Datanet's content store holds no longer, contribution by contribution, each of which is asked for once. */
export class ErasedPlaces {
  readonly #erased = new Map<bigint, Promise<(place: number) => boolean>>();

  constructor(
    private readonly content: Pick<ContentClient, "get">,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Places of records in a version whose texts are erased.
   *
   * @param contributions That the version was made of, in its order
   * @param revocations Before it was published
   * @throws ContentUnavailableError, ContentMismatchError; MalformedDocumentError
   */
  async inVersion(contributions: readonly Contribution[], revocations: readonly Revocation[]): Promise<number[]> {
    const erased: number[] = [];
    for (const [place, { contribution, index }] of versionRecords(contributions, revocations).entries()) {
      const isGone = await this.#of(contributions[contribution]!);
      if (isGone(index)) erased.push(place);
    }
    return erased;
  }

  #of(contribution: Contribution): Promise<(place: number) => boolean> {
    const known = this.#erased.get(contribution.number);
    if (known !== undefined) return known;
    const reading = this.#read(contribution);
    this.#erased.set(contribution.number, reading);
    return reading;
  }

  async #read({ dataHash }: Contribution): Promise<(place: number) => boolean> {
    try {
      const { records } = decodeHeldContribution(await getHeld(this.content, dataHash, { signal: this.signal }));
      return (place) => isErased(records[place]!);
    } catch (error) {
      if (error instanceof ContentErasedError) return () => true;
      throw error;
    }
  }
}
