import {
  createPayer,
  type Answer as PaidAnswer,
  type Payer,
  parseOpen,
  RunnerClient,
  readChannel,
  type Share,
} from "@openledger/sdk";
import { QUESTIONS } from "./questions.js";
import { addressOf, type StoryContext } from "./StoryContext.js";
import { until } from "./until.js";

const CHANNEL_FUNDS = parseOpen("100");
const OUTPUT_TOKENS = 48;
const BASE_QUESTIONS = ["The function returns ", "An array is ", "import { readFile } from "];

/** One answer as the story tells it. */
export interface Answer {
  readonly prompt: string;
  readonly text: string;
  /** Base units. */
  readonly fee: bigint;
  readonly receiptHash: string;
  readonly shares: readonly Share[];
  readonly records: readonly { readonly path: string; readonly licence: string; readonly excerpt: string }[];
  /** What of it stands word for word in records, each with the first place. */
  readonly citations: readonly { readonly text: string; readonly path: string; readonly licence: string }[];
}

export interface Asked {
  readonly answers: readonly Answer[];
  /** What these answers cost together, base units. */
  readonly owed: bigint;
  readonly outputTokens: number;
  readonly seconds: number;
}

export function tokensPerSecond({ outputTokens, seconds }: Asked): number {
  return outputTokens / seconds;
}

/** Every payer opens a channel and asks the base one question. */
export function askBase(story: StoryContext, base: bigint): Promise<Asked> {
  return ask(story, base, BASE_QUESTIONS);
}

/** The payers share the questions and ask side by side. @param limit Most questions; all unless said. */
export function askQuestions(story: StoryContext, model: bigint, limit = QUESTIONS.length): Promise<Asked> {
  return ask(story, model, QUESTIONS.slice(0, limit));
}

async function ask(story: StoryContext, model: bigint, prompts: readonly string[]): Promise<Asked> {
  await untilServed(story, model);
  const payers = await Promise.all(
    story.payers.map((client) =>
      createPayer({ client, runnerUrl: story.network.runnerUrl, runner: addressOf(story.runner) }),
    ),
  );
  await Promise.all(payers.map((payer) => fundOnce(story, payer)));

  const started = performance.now();
  const paid = await Promise.all(
    prompts.map((prompt, i) =>
      payers[i % payers.length]!.ask({ model, prompt, maxTokens: OUTPUT_TOKENS, temperatureMilli: 300, topK: 40 }),
    ),
  );
  return {
    answers: paid.map(toAnswer),
    owed: paid.reduce((sum, { fee }) => sum + fee, 0n),
    outputTokens: paid.reduce((sum, { outputTokens }) => sum + outputTokens.length, 0),
    seconds: (performance.now() - started) / 1000,
  };
}

async function fundOnce(story: StoryContext, payer: Payer): Promise<void> {
  const { balance } = await readChannel(story.reader, payer.channel);
  if (balance === 0n) await payer.fund(CHANNEL_FUNDS);
}

/** Waits until the runner has found the model on the chain and loaded it. */
async function untilServed(story: StoryContext, model: bigint): Promise<void> {
  const runner = new RunnerClient({ url: story.network.runnerUrl });
  await until(story, `the runner to serve model ${model}`, async () =>
    (await runner.models()).some((served) => served.model === model),
  );
}

function toAnswer({ request, text, fee, receiptHash, attribution }: PaidAnswer): Answer {
  return {
    prompt: request.prompt,
    text,
    fee,
    receiptHash,
    shares: attribution.shares,
    records: attribution.records.map(({ source, licence, excerpt }) => ({
      path: `${source.name}/${source.path}`,
      licence,
      excerpt,
    })),
    citations: (attribution.citations ?? []).flatMap(({ text, places: [first] }) =>
      first === undefined ? [] : [{ text, path: `${first.source.name}/${first.source.path}`, licence: first.licence }],
    ),
  };
}
