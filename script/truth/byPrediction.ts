import type { MethodCard } from "@openledger/sdk";
import { mean } from "./lds.js";

/** The methods in the order of how well they predict retraining, over all regimes, the best first. */
export function byPrediction(methods: readonly MethodCard[]): MethodCard[] {
  const meanOf = ({ lds }: MethodCard) => mean(lds.map(({ value }) => value));
  return [...methods].sort((a, b) => meanOf(b) - meanOf(a));
}
