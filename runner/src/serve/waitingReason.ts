import { ModelUnusable } from "./ModelUnusable.js";

/** What a model waits for that could not be loaded, by the code of the error. */
const WAITS_FOR: Readonly<Record<string, string>> = {
  content_unavailable: "the content store to have this file",
  content_erased: "the content store to have something in its place",
  content_mismatch: "the content store to have it unaltered",
  chain_unavailable: "the chain",
  database_unavailable: "the database",
  index_locked: "that process",
};

/** Why a model is not served, and what it waits for. */
export function waitingReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ModelUnusable) return message;
  const { code } = error as { readonly code?: unknown };
  const waitsFor = (typeof code === "string" ? WAITS_FOR[code] : undefined) ?? "the next try";
  return `${message} It waits for ${waitsFor}.`;
}
