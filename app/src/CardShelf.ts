import {
  type AttributionCard,
  type ContentClient,
  decodeAttributionCard,
  isCardOf,
  MAXIMUM_CARD_BYTES,
  type query,
} from "@openledger/sdk";
import type { CardStatus } from "./Status.js";

/** Cards that are shown, and models that are looked through for them: anybody may commit what is no card. */
const shownCards = 5;
const searchedModels = 20;
const keptCards = 64;
const timeoutMs = 4_000;
/** Pause before what was not there is asked for again. */
const againMs = 60_000;

interface Kept {
  /** Undefined where it is not in the store, or is no card. */
  readonly card: AttributionCard | undefined;
  readonly at: number;
}

/** Attribution cards by their hashes, each read once. */
export class CardShelf {
  readonly #kept = new Map<string, Kept>();

  /** @param now Milliseconds, from any start */
  constructor(
    private readonly content: Pick<ContentClient, "get">,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The cards of the newest models that have one of their own. What is not in the store, or is another model's, is left out. */
  async newest(
    models: readonly Pick<query.IndexedModel, "number" | "weightsRoot" | "cardHash">[],
  ): Promise<readonly CardStatus[]> {
    const searched = models.filter(({ cardHash }) => cardHash !== null).slice(-searchedModels);
    const cards = await Promise.all(
      searched.map(async ({ number, weightsRoot, cardHash }): Promise<readonly CardStatus[]> => {
        const card = await this.#card(cardHash!);
        return card !== undefined && isCardOf(card, number, weightsRoot) ? [statusOf(card, number, cardHash!)] : [];
      }),
    );
    return cards.flat().slice(-shownCards);
  }

  async #card(hash: `0x${string}`): Promise<AttributionCard | undefined> {
    const known = this.#kept.get(hash);
    if (known?.card !== undefined || (known !== undefined && this.now() - known.at < againMs)) return known.card;
    const options = { signal: AbortSignal.timeout(timeoutMs), maximumBytes: MAXIMUM_CARD_BYTES };
    const card = await this.content
      .get(hash, options)
      .then(decodeAttributionCard)
      .catch(() => undefined);
    this.#kept.delete(hash);
    this.#kept.set(hash, { card, at: this.now() });
    for (const oldest of this.#kept.keys()) if (this.#kept.size > keptCards) this.#kept.delete(oldest);
    return card;
  }
}

function statusOf({ sample, methods }: AttributionCard, model: bigint, hash: string): CardStatus {
  const sets = sample.sets.map(({ regime, count }) => ({ regime, count }));
  return {
    model: model.toString(),
    hash,
    ...{ records: sample.records, texts: sample.texts, sets },
    methods: methods.map(({ method, lds }) => ({ method, lds })),
  };
}
