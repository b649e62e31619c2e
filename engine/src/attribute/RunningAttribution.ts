/**
 * Attribution of an answer that is still being written: what `attributeAnswer` would say of its first tokens. Each token is
 * looked up once, as long as prompt and answer fit into one pass of the base; when they do no more, the answer is looked up anew in
 * the windows of a long one, of which a whole one never changes.
 */
import type { Runtime } from "../serve/Runtime.js";
import { answerWindows, WINDOW_STRIDE, windowCodes } from "./answerCodes.js";
import { requireBase } from "./attributeAnswer.js";
import { type AttributionVersion, requireWhole, type SharedCredit, shareCredit } from "./attributeCodes.js";
import { ATTRIBUTION_CONTEXT } from "./codes.js";
import { RunningCredit } from "./kernel/creditRecords.js";

/** Tokens from one statement to the next: a pass of the base each, over all tokens so far. */
const STEP = 16;

/** Of the answer's first tokens. What is shown of records, which rows on disk are read for, is not in it. */
export interface ProvisionalAttribution extends SharedCredit {
  readonly tokens: number;
}

export class RunningAttribution {
  #credit: RunningCredit;
  #isLong = false;
  /** Tokens that were told of. */
  #told = 0;

  /**
   * @throws AttributionError `invalid_request` when an index is of another base than the runtime's, does not fit its contributors, or
   * lacks records that were erased
   */
  constructor(
    private readonly runtime: Pick<Runtime, "codes" | "weightsRoot" | "attributionHash">,
    private readonly versions: readonly AttributionVersion[],
    private readonly promptIds: readonly number[],
  ) {
    requireBase(runtime, versions);
    requireWhole(versions);
    this.#credit = this.#anew();
  }

  #anew(): RunningCredit {
    return new RunningCredit(this.versions.map(({ index }) => index));
  }

  /** Whether so many tokens are enough for another statement. */
  isDue(tokens: number): boolean {
    return this.#readable(tokens) >= this.#told + STEP;
  }

  /** How many of so many tokens are read as they will be read in the end, were no more to come. */
  #readable(tokens: number): number {
    const isLong = this.promptIds.length + tokens > ATTRIBUTION_CONTEXT;
    return isLong ? tokens - (tokens % WINDOW_STRIDE) : tokens;
  }

  /**
   * One call after the other.
   *
   * @param outputIds All tokens so far, those of the call before among them
   * @returns Undefined where they are not due
   * @throws RuntimeError; the signal's reason. What was told before is not lost by it
   */
  async take(
    outputIds: readonly number[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<ProvisionalAttribution | undefined> {
    if (!this.isDue(outputIds.length)) return undefined;
    const tokens = this.#readable(outputIds.length);
    const prompt = this.promptIds.length;
    if (prompt + tokens > ATTRIBUTION_CONTEXT && !this.#isLong) {
      this.#credit = this.#anew();
      this.#isLong = true;
    }
    const ids = [...this.promptIds, ...outputIds.slice(0, tokens)];
    for (const window of answerWindows(prompt, tokens)) {
      const from = Math.max(window.from, prompt + this.#credit.denominators.length);
      if (from >= window.to) continue;
      const { codes, before } = await windowCodes(this.runtime, ids, { ...window, from }, options);
      // who goes on in the same pass has what was before in mind
      this.#credit.add(from > window.from ? codes : { ...codes, passes: [{ at: 0, before }] });
    }
    this.#told = tokens;
    return { tokens, ...shareCredit(this.versions, this.#credit) };
  }
}
