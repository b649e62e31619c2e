/**
 * Tells noise from text by the loss of the frozen base. High loss alone would refuse whatever the base has not read: prose and
 * foreign languages read worse than random tokens look to a small base. So a text that reads worse than public text does is put
 * to a second question: does its order help? The loss of its tokens shuffled, less its own, is near 0 where tokens are drawn at
 * random, and a nat or more where somebody wrote. What reads worse than a guess among all tokens is noise without that question:
 * tokens drawn at random often join to words that have some order again.
 *
 * The limits of loss and order come from the base's decoys: the loss of the worst of them, and the most that shuffling gains on one
 * that is shuffled already. The latter falls with the root of the length, as the spread of a mean does.
 *
 * Floats: the last digits may differ on another machine. A vote may rest on them, pay and proofs may not.
 */
import type { Runtime } from "../../serve/Runtime.js";
import { Random } from "../../train/random.js";
import { AttributionError } from "../errors.js";

/** Tokens below which a mean says too little: such records are not read. */
const LEAST_READ_TOKENS = 32;
/**
 * Bytes a token below which the base spells a text out. Where most of them are beyond ASCII, it is for want of tokens: of a script
 * that it cannot read it is no judge.
 */
const LEAST_BYTES_PER_TOKEN = 1.25;
/** Decoys that limits are taken from: a pass each, and three more shuffled. */
const CALIBRATED_DECOYS = 32;
const SHUFFLES = 2;
/** A probability of 0 in binary32 would be an endless loss. */
const LEAST_PROBABILITY = 1e-9;

export interface NoiseReading {
  /** Nats a token. */
  readonly loss: number;
  /** Loss of the worst public text. */
  readonly lossLimit: number;
  /** Loss of a guess among all tokens. */
  readonly guessLoss: number;
  /** Nats a token that the order of the tokens is worth; undefined where the loss alone decides. */
  readonly gain: number | undefined;
  /** What order is worth at most to texts of this length that have none. */
  readonly gainLimit: number;
  readonly isNoise: boolean;
}

type Reader = Pick<Runtime, "hiddenStates" | "architecture">;

export class NoiseGate {
  private constructor(
    private readonly runtime: Reader,
    readonly lossLimit: number,
    /** Times the root of the tokens. */
    private readonly gainScale: number,
  ) {}

  /**
   * Reads the base's decoys.
   *
   * @throws AttributionError `base_malformed` where they are too few or too short; RuntimeError `attribution_missing`, `aborted`
   */
  static async calibrate(
    runtime: Reader & Pick<Runtime, "attribution">,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<NoiseGate> {
    const { base } = await runtime.attribution();
    const texts = base.decoys
      .map(({ ids }) => [...ids])
      .filter((ids) => ids.length >= LEAST_READ_TOKENS)
      .slice(0, CALIBRATED_DECOYS);
    if (texts.length < CALIBRATED_DECOYS) {
      throw new AttributionError(
        "base_malformed",
        `limits need ${CALIBRATED_DECOYS} decoys of ${LEAST_READ_TOKENS} tokens, found ${texts.length}; refit the base`,
      );
    }
    let lossLimit = 0;
    let gainScale = 0;
    for (const [at, ids] of texts.entries()) {
      lossLimit = Math.max(lossLimit, await lossOf(runtime, ids, options.signal));
      const shuffled = shuffle(ids, SHUFFLES + at);
      const loss = await lossOf(runtime, shuffled, options.signal);
      const gain = await orderGain(runtime, shuffled, loss, options.signal);
      gainScale = Math.max(gainScale, gain * Math.sqrt(ids.length));
    }
    return new NoiseGate(runtime, lossLimit, gainScale);
  }

  /**
   * @param ids at most 256 tokens
   * @param bytes of the text
   * @returns undefined of fewer than 32 tokens, and of a script that the base has no tokens for
   * @throws RuntimeError `context_exceeded`, `invalid_request`, `aborted`
   */
  async read(ids: readonly number[], bytes: Uint8Array, signal?: AbortSignal): Promise<NoiseReading | undefined> {
    if (ids.length < LEAST_READ_TOKENS || isForeignScript(ids, bytes)) return undefined;
    const { runtime, lossLimit } = this;
    const loss = await lossOf(runtime, ids, signal);
    const guessLoss = Math.log(runtime.architecture.vocabulary);
    const isDecided = loss <= lossLimit || loss >= guessLoss;
    const gain = isDecided ? undefined : await orderGain(runtime, ids, loss, signal);
    const gainLimit = this.gainScale / Math.sqrt(ids.length);
    const isNoise = gain === undefined ? loss > lossLimit : gain <= gainLimit;
    return { loss, lossLimit, guessLoss, gain, gainLimit, isNoise };
  }
}

export function isForeignScript(ids: readonly number[], bytes: Uint8Array): boolean {
  const beyondAscii = bytes.filter((byte) => byte > 0x7f).length;
  return 2 * beyondAscii > bytes.length && bytes.length < LEAST_BYTES_PER_TOKEN * ids.length;
}

/** Mean over the tokens. */
async function lossOf(runtime: Reader, ids: readonly number[], signal: AbortSignal | undefined): Promise<number> {
  const { probabilities } = await runtime.hiddenStates(ids, signal === undefined ? {} : { signal });
  return probabilities.reduce((sum, p) => sum - Math.log(Math.max(p, LEAST_PROBABILITY)), 0) / ids.length;
}

async function orderGain(
  runtime: Reader,
  ids: readonly number[],
  loss: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let sum = 0;
  for (let seed = 0; seed < SHUFFLES; seed++) sum += await lossOf(runtime, shuffle(ids, seed), signal);
  return sum / SHUFFLES - loss;
}

function shuffle(ids: readonly number[], seed: number): number[] {
  return new Random(seed).shuffle([...ids]);
}
