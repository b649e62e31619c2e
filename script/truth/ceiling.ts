import { mean, spearman } from "./lds.js";

/**
 * The LDS of who knew what training on each set does on average: below 1, since a set's output is of few trainings and the order of
 * their texts moves it too. One training foretells another of the same set with correlation r, averaged over queries and pairs; k of
 * them have a part of kr / (1 + (k − 1)r) in common with all that could be (Spearman–Brown), and its root is the correlation with these.
 *
 * @param sets `[sets][trainings][queries]`, as many trainings of each set; two sets and two trainings at least
 * @returns 0 to 1
 */
export function ceiling(sets: readonly (readonly Float64Array[])[]): number {
  const [trainings, queries] = [sets[0]!.length, sets[0]![0]!.length];
  const correlations: number[] = [];
  for (let a = 0; a < trainings; a++) {
    for (let b = 0; b < a; b++) {
      for (let query = 0; query < queries; query++) {
        const outputs = (training: number) => sets.map((set) => set[training]![query]!);
        correlations.push(spearman(outputs(a), outputs(b)));
      }
    }
  }
  const one = Math.max(0, mean(correlations));
  return Math.sqrt((trainings * one) / (1 + (trainings - 1) * one));
}
