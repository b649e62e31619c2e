import type { Tier } from "@openledger/engine";

/** Who is measured. */
export const CONTESTANTS = ["fp32", "w8a8", "w8a16", "w15a15", "llamacpp"] as const;
export type ContestantName = (typeof CONTESTANTS)[number];

export function isTier(name: ContestantName): name is Tier {
  return name !== "fp32" && name !== "llamacpp";
}
