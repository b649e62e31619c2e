import { query } from "@openledger/sdk";
import type { StoryContext } from "./StoryContext.js";

const PATIENCE_MS = 90_000;

/** The story waits for a node that does not deliver. */
export class StoryStuckError extends Error {
  readonly code = "story_stuck";
  readonly retryable = true;
  constructor(asked: string, found: string) {
    super(
      `The story waited for ${asked} and found ${found}. See the logs of the runner and the oracle, then start again.`,
    );
    this.name = "StoryStuckError";
  }
}

/** Looks again with every block that the index takes in. */
export async function until(story: StoryContext, asked: string, isDone: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { number } = await query.indexedBlock(story.graph);
    if (await isDone()) return;
    if (Date.now() > deadline) throw new StoryStuckError(asked, `none after ${PATIENCE_MS / 1000} s`);
    await query.waitForBlock(story.graph, BigInt(number) + 1n);
  }
}
