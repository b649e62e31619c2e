/**
 * An answer as server-sent events: OpenAI chunks as tokens come; the last one before `[DONE]` carries usage, receipt and
 * attribution. Whoever asks for it is told between them who shapes the answer so far, in chunks without text. A failure after the
 * first byte is a chunk with `error`, and no `[DONE]`.
 */
import type { ProvisionalAttribution } from "@openledger/engine";
import type { Response } from "express";
import type { StoredReceipt } from "../store/StoredReceipt.js";
import { completionId, provisionalJson, receiptView, usageJson } from "./answerJson.js";
import { errorJson, publicError } from "./sendError.js";

export interface Stream {
  /** More text is there: all tokens so far. */
  onTokens(tokens: readonly number[]): void;
  /** Whose data shapes the first tokens. The receipt alone says what is paid by. */
  onAttribution(attribution: ProvisionalAttribution): void;
  finish(stored: StoredReceipt): void;
  /** Whether a byte was sent; before it, an error is an ordinary answer. */
  readonly begun: boolean;
  fail(error: unknown): void;
}

export function openStream(
  response: Response,
  about: {
    readonly digest: string;
    readonly model: bigint;
    readonly created: number;
    readonly decode: (tokens: readonly number[]) => string;
  },
): Stream {
  let sent = "";
  let begun = false;
  const send = (data: string) => {
    if (!begun) {
      begun = true;
      response.status(200).set({
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
      });
      response.flushHeaders();
    }
    if (!response.writableEnded && !response.destroyed) response.write(`data: ${data}\n\n`);
  };
  const chunk = (text: string, finish: string | null, more: object) => {
    send(
      JSON.stringify({
        id: completionId(about.digest),
        object: "text_completion",
        created: about.created,
        model: `${about.model}`,
        choices: [{ index: 0, text, logprobs: null, finish_reason: finish }],
        ...more,
      }),
    );
  };
  return {
    get begun() {
      return begun;
    },
    onTokens: (tokens) => {
      const text = wholeCharacters(about.decode(tokens));
      // Bytes of one character may come in several tokens: what was sent stays a prefix of what is sent.
      if (text.length <= sent.length || !text.startsWith(sent)) return;
      chunk(text.slice(sent.length), null, {});
      sent = text;
    },
    onAttribution: (attribution) => chunk("", null, { openledger: { provisional: provisionalJson(attribution) } }),
    finish: (stored) => {
      const text = stored.answer.text;
      const rest = text.startsWith(sent) ? text.slice(sent.length) : "";
      chunk(rest, stored.answer.finish, { usage: usageJson(stored), openledger: receiptView(stored) });
      send("[DONE]");
      response.end();
    },
    fail: (error) => {
      send(JSON.stringify(errorJson(publicError(error))));
      response.end();
    },
  };
}

/** Without the replacement characters at the end: they may become one character with the next token. */
function wholeCharacters(text: string): string {
  return text.replace(/\ufffd+$/, "");
}
