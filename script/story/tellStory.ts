import { join } from "node:path";
import { formatOpen, isPoolAccount } from "@openledger/sdk";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import { type Asked, askBase, askQuestions, tokensPerSecond } from "./ask.js";
import { type Books, balanceBooks } from "./books.js";
import { addressesOf, claimAll, newestEpochFile, untilAllocated, untilSettled } from "./earn.js";
import { accuracyFigures, type StoryFigures } from "./figures.js";
import { measureAccuracy } from "./measureAccuracy.js";
import { type RegisteredBase, registerBaseModel } from "./registerBaseModel.js";
import { tellAccuracy, tellAnswer, tellBooks, tellEarnings, tellTraining } from "./report.js";
import { PAYER_COUNT, StoryContext, type StoryNetwork } from "./StoryContext.js";
import { type Contributor, readContributors, type SeededDatanet, seedDatanet } from "./seedDatanet.js";
import { stakeNodes } from "./stakeNodes.js";
import { type TrainedModel, trainModel } from "./trainModel.js";

/** How far the story goes: paid answers of the base; a trained and served adapter; claims. Each holds the one before. */
export const CHECKPOINTS = ["settled", "trained", "claimed"] as const;

export type Checkpoint = (typeof CHECKPOINTS)[number];

export interface StoryOptions {
  readonly network: StoryNetwork;
  readonly to: Checkpoint;
  readonly say: (line: string) => void;
}

/** What the story came to. `figures` lacks the total seconds, which only the caller knows; null before `claimed`. */
export interface StoryEnd {
  readonly books: Books;
  readonly figures: Omit<StoryFigures, "total_seconds"> | null;
}

/**
 * From records to pay, on a running network. Every stage looks at what is there first: a story that was interrupted goes
 * on, and one that is finished only draws up its books.
 *
 * @throws BooksDoNotBalanceError, StoryStuckError, and what the nodes and contracts refuse
 */
export async function tellStory({ network, to, say }: StoryOptions): Promise<StoryEnd> {
  const started = performance.now();
  const story = await StoryContext.open(network, join(repositoryRoot, "engine", "models", "base"), say);
  if (story.memory.finished === true) {
    const books = await balanceBooks(story, await newestEpochFile(story));
    say(`This network's story was told before; everything is where it was.\n${tellBooks(books)}`);
    return { books, figures: null };
  }

  await stakeNodes(story);
  const base = await registerBaseModel(story);
  say(`Registered the base as model ${base.number}; the runner and the oracle have staked.`);
  if (to === "settled") {
    await buyBaseAnswers(story, base.number);
    return { books: await sayBooks(story, null), figures: null };
  }

  const contributors = await readContributors(story);
  const records = contributors.reduce((sum, one) => sum + one.records.length, 0);
  // The base earns its first fees while the Datanet is filled and the adapter is trained.
  const [first, { seeded, model }] = await Promise.all([
    buyBaseAnswers(story, base.number),
    seedAndTrain(story, base, contributors),
  ]);

  if (to === "trained") {
    const served = await askQuestions(story, model.number, 1);
    say(tellAnswer(served.answers[0]!, seeded.contributors));
    await untilSettled(story, first.owed + served.owed);
    return { books: await sayBooks(story, null), figures: null };
  }

  const asked = await askQuestions(story, model.number);
  say(
    `${PAYER_COUNT} payers bought ${asked.answers.length} answers of model ${model.number} at ${Math.round(tokensPerSecond(asked))} tokens/s.`,
  );
  say(tellAnswer(clearestAnswer(asked.answers), seeded.contributors));

  const [file, accuracy] = await Promise.all([
    untilSettled(story, first.owed + asked.owed).then(() => untilAllocated(story)),
    measureAccuracy(story, base, seeded, model.number),
  ]);
  const accounts = addressesOf(contributors);
  await claimAll(story, file, accounts);
  const earned = accounts.map((account) => file.payouts.find((leaf) => leaf.account === account)?.cumulative ?? 0n);
  say(tellEarnings(contributors, earned));
  const pool = file.payouts
    .filter(({ account }) => isPoolAccount(account))
    .reduce((sum, leaf) => sum + leaf.cumulative, 0n);
  say(`    ${formatOpen(pool).padStart(24)} OPEN  the Datanet's pool: what no record stood out for`);
  say(tellAccuracy(accuracy));
  const books = await sayBooks(story, file);
  await story.remember({ finished: true });

  return {
    books,
    figures: {
      story_seconds: (performance.now() - started) / 1000,
      records,
      contributors: contributors.length,
      payers: story.payers.length,
      answers: asked.answers.length,
      loss_before: model.lossBefore,
      loss_after: model.lossAfter,
      ...accuracyFigures(accuracy),
      train_tokens_per_second: model.tokensPerSecond,
      answer_tokens_per_second: tokensPerSecond(asked),
    },
  };
}

/** Every payer buys an answer of the base; resolves once the runner has settled them. */
async function buyBaseAnswers(story: StoryContext, base: bigint): Promise<Asked> {
  const asked = await askBase(story, base);
  await untilSettled(story, asked.owed);
  story.say(`${PAYER_COUNT} payers bought ${asked.answers.length} answers of the base; the runner settled them.`);
  return asked;
}

async function seedAndTrain(
  story: StoryContext,
  base: RegisteredBase,
  contributors: readonly Contributor[],
): Promise<{ readonly seeded: SeededDatanet; readonly model: TrainedModel }> {
  const seeded = await seedDatanet(story, contributors);
  const { datanet, version } = seeded;
  story.say(`${contributors.length} contributors filled Datanet ${datanet}; its version ${version} is frozen.`);
  const model = await trainModel(story, base, seeded);
  story.say(`${tellTraining(model)} Registered as model ${model.number}.`);
  return { seeded, model };
}

async function sayBooks(story: StoryContext, file: Parameters<typeof balanceBooks>[1]): Promise<Books> {
  const books = await balanceBooks(story, file);
  story.say(tellBooks(books));
  return books;
}

/** The answer in which one contributor stands out most: the one that shows best what an attribution is. */
function clearestAnswer<T extends { readonly shares: readonly { readonly account: string; readonly share: number }[] }>(
  answers: readonly T[],
): T {
  const best = (answer: T) =>
    Math.max(
      0,
      ...answer.shares.filter(({ account }) => !isPoolAccount(account as `0x${string}`)).map(({ share }) => share),
    );
  return answers.reduce((clearest, answer) => (best(answer) > best(clearest) ? answer : clearest));
}
