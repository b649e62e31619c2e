/**
 * Says what training on a contribution's records does to texts that were not trained on. A small adapter learns three quarters of
 * them; the loss of the others, and of a sample of what the Datanet holds, is measured before and after.
 *
 * **Gain.** A lower loss alone says nothing: an adapter learns the digits of random hexadecimal in a minute, and predicts other such
 * digits by it a nat better. And what the base has read in its own training is not predicted better by anything, though somebody
 * wrote it. What tells text from draws is whether the *order* of words can be learned: the loss of the others with their words
 * shuffled, less their own, both with the adapter. Of draws it stays near 0, since shuffled they are draws again, however well their
 * words were learned; of texts it does not, also in languages that the base learns here first. That makes good what `NoiseGate`
 * cannot do, which reads with a base that may have read nothing of the kind.
 *
 * **Harm.** Whoever learns one thing forgets others: what a foreign language does to English is no harm that a Datanet's models
 * take, as they learn both at once. Trained beside earlier records, draws did no more harm than texts, and nothing could be told
 * from it. So the adapter learns the contribution alone, and only a loss beyond any honest text's is called harm.
 *
 * **Doubt is no refusal.** Both are means over a few dozen texts with a standard error. Refused is what lies beyond the limit by two
 * of them; too few tokens, a training that diverged, or a number that is none leave the probe without a say.
 *
 * Floats: the last digits may differ on another machine, and training carries them on. The limits lie where hardly anything does.
 */
import { Random } from "../../train/random.js";
import type { HeldOutLoss } from "../../train/run-adapter-training.js";
import { type TrainAdapterOptions, trainAdapter } from "../../train/train-adapter.js";
import { TrainingError } from "../../train/training-error.js";
import { type MeanPerToken, meanPerToken } from "./meanPerToken.js";
import { isForeignScript } from "./NoiseGate.js";
import { shuffleWords } from "./shuffleWords.js";

/** Tokens of a contribution that are read at most, and the fewest that say something; a quarter of them is held out. */
const MOST_TOKENS = 8192;
const LEAST_TOKENS = 4096;
/** Tokens of the Datanet's earlier records that are measured at most, and at least. */
const MOST_EARLIER_TOKENS = 3072;
const LEAST_EARLIER_TOKENS = 512;
/** Texts below which a mean has no error to speak of, on either side. */
const LEAST_TEXTS = 6;
/** Tokens of a window. */
const LENGTH = 128;
/** Half the rank of adapters that are served by default; all else is as theirs but for the length. */
const HYPERPARAMETERS = { rank: 8, alpha: 32 };
/** Tokens of all steps: what is little is learned more often, since a new language needs so many. */
const STEPPED_TOKENS = 16_384;
/** Nats a token that order is worth at least where somebody wrote. */
const LEAST_ORDER = 0.15;
/** Nats a token that the Datanet's others may lose. */
const MOST_HARM = 2;
/** Standard errors by which a limit has to be missed. */
const DOUBT = 2;

export interface ProbeReading {
  readonly kind: "reading";
  /** What an adapter's start, the held-out part and the samples were drawn by. */
  readonly seed: number;
  /** Tokens that were learned, once, and held out. */
  readonly trainedTokens: number;
  readonly heldOutTokens: number;
  /** Nats a token of the held-out part. */
  readonly lossBefore: number;
  readonly lossAfter: number;
  /** Nats a token that the order of its words is worth. */
  readonly orderBefore: number;
  readonly orderAfter: MeanPerToken;
  /** What order is worth at least. */
  readonly orderLimit: number;
  /** Nats a token that the Datanet's earlier records lose; undefined where there are too few. */
  readonly harm: MeanPerToken | undefined;
  readonly harmLimit: number;
  /** What refuses it, if anything does. */
  readonly refusal: "no_gain" | "harm" | undefined;
}

/** Why the probe has no say. */
export interface ProbeSilence {
  readonly kind: "silence";
  readonly because: "few_tokens" | "diverged" | "failed";
  /** Of what there is too little, or what happened. */
  readonly found: string;
}

export interface ProbeInput {
  /** UTF-8 each, no copies of one another. */
  readonly records: readonly Uint8Array[];
  /** Records of the same Datanet that were accepted earlier. */
  readonly earlier: readonly Uint8Array[];
  /** A safe integer from 0 on; to be unknown to whoever contributes, who could write for the part that is read. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

export interface AdapterProbeOptions {
  /** Folder of the base model. */
  readonly modelDir: string;
  readonly tokenizer: { encode(text: string): number[] };
  /** Tokens that the base reads at once. */
  readonly context: number;
  /** Threads of the training, 1 if absent. */
  readonly threads?: number;
  readonly onProgress?: TrainAdapterOptions["onProgress"];
}

interface ReadText {
  readonly text: string;
  readonly tokens: number;
}

export class AdapterProbe {
  constructor(private readonly options: AdapterProbeOptions) {}

  /**
   * Trains in a worker that has ended when this returns or throws. It takes 16,384 tokens of training and 14,336 of
   * measuring at most, whatever the contribution has, and a copy of the base's weights.
   *
   * @throws the signal's reason when it is aborted
   */
  async read({ records, earlier, seed, signal }: ProbeInput): Promise<ProbeReading | ProbeSilence> {
    const read = this.#sample(records, seed, MOST_TOKENS);
    const tokens = tokensOf(read);
    const [heldOut, trained] = split(read, tokens / 4);
    if (tokens < LEAST_TOKENS || heldOut.length < LEAST_TEXTS) {
      return { kind: "silence", because: "few_tokens", found: `${tokens} tokens in ${read.length} records` };
    }
    const others = this.#sample(earlier, seed, MOST_EARLIER_TOKENS);
    const hasOthers = tokensOf(others) >= LEAST_EARLIER_TOKENS && others.length >= LEAST_TEXTS;
    const shuffled = heldOut.map(({ text }, at) => ({ text: shuffleWords(text, at) }));
    const losses = await this.#train(trained, [...heldOut, ...shuffled, ...(hasOthers ? others : [])], seed, signal);
    if ("kind" in losses) return losses;

    const own = losses.slice(0, heldOut.length);
    const unordered = losses.slice(heldOut.length, 2 * heldOut.length);
    const orderAfter = orderOf(own, unordered, "after");
    const harm = hasOthers ? harmOf(losses.slice(2 * heldOut.length)) : undefined;
    const reading = {
      kind: "reading",
      seed,
      trainedTokens: tokensOf(trained),
      heldOutTokens: tokensOf(heldOut),
      lossBefore: lossOf(own, "before"),
      lossAfter: lossOf(own, "after"),
      orderBefore: orderOf(own, unordered, "before").mean,
      orderAfter,
      orderLimit: LEAST_ORDER,
      harm,
      harmLimit: MOST_HARM,
      refusal: refusalOf(orderAfter, harm),
    } as const;
    const numbers = [reading.lossBefore, reading.lossAfter, reading.orderBefore, orderAfter.error, harm?.error ?? 0];
    if (numbers.every(Number.isFinite)) return reading;
    return { kind: "silence", because: "diverged", found: "a loss that is no number" };
  }

  /** Texts in an order that the seed draws, until so many tokens are read; those that the base cannot read are left out. */
  #sample(records: readonly Uint8Array[], seed: number, mostTokens: number): ReadText[] {
    const { tokenizer, context } = this.options;
    const read: ReadText[] = [];
    let left = mostTokens;
    for (const bytes of new Random(seed).shuffle([...records])) {
      const text = new TextDecoder().decode(bytes);
      const ids = tokenizer.encode(text);
      if (ids.length === 0 || ids.length > context || isForeignScript(ids, bytes)) continue;
      left -= ids.length;
      if (left < 0) break;
      read.push({ text, tokens: ids.length });
    }
    return read;
  }

  async #train(
    records: readonly ReadText[],
    heldOut: readonly { readonly text: string }[],
    seed: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly HeldOutLoss[] | ProbeSilence> {
    const { modelDir, context, threads = 1, onProgress } = this.options;
    const epochs = STEPPED_TOKENS / tokensOf(records);
    const hyperparameters = { ...HYPERPARAMETERS, epochs, length: Math.min(LENGTH, context) };
    try {
      const options = { modelDir, records, heldOut, hyperparameters, seed, threads };
      const more = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
      return (await trainAdapter({ ...options, ...more })).heldOut;
    } catch (error) {
      if (!(error instanceof TrainingError)) throw error;
      if (error.code === "diverged") return { kind: "silence", because: "diverged", found: error.message };
      return { kind: "silence", because: "failed", found: error.message };
    }
  }
}

function refusalOf(order: MeanPerToken, harm: MeanPerToken | undefined): ProbeReading["refusal"] {
  if (order.mean + DOUBT * order.error < LEAST_ORDER) return "no_gain";
  if (harm !== undefined && harm.mean - DOUBT * harm.error > MOST_HARM) return "harm";
  return undefined;
}

/** Texts from the beginning that have so many tokens together, and the others. */
function split(texts: readonly ReadText[], tokens: number): [ReadText[], ReadText[]] {
  let at = 0;
  for (let sum = 0; at < texts.length && sum < tokens; at++) sum += texts[at]!.tokens;
  return [texts.slice(0, at), texts.slice(at)];
}

function tokensOf(texts: readonly ReadText[]): number {
  return texts.reduce((sum, { tokens }) => sum + tokens, 0);
}

function lossOf(losses: readonly HeldOutLoss[], when: "before" | "after"): number {
  return meanPerToken(losses.map((loss) => ({ sum: loss[when], tokens: loss.tokens }))).mean;
}

/** Shuffled texts may have other numbers of tokens: of each text the losses a token are compared. */
function orderOf(own: readonly HeldOutLoss[], unordered: readonly HeldOutLoss[], when: "before" | "after") {
  return meanPerToken(
    own.map((loss, at) => {
      const { [when]: shuffled, tokens } = unordered[at]!;
      return { sum: (shuffled * loss.tokens) / tokens - loss[when], tokens: loss.tokens };
    }),
  );
}

function harmOf(losses: readonly HeldOutLoss[]): MeanPerToken {
  return meanPerToken(losses.map(({ before, after, tokens }) => ({ sum: after - before, tokens })));
}
