import { PROJECTIONS, type Projection } from "../model/parameters.js";
import { TrainingError } from "./training-error.js";

/** What an adapter's training depends on besides base, data and seed; a manifest records all of it. */
export interface AdapterHyperparameters {
  readonly rank: number;
  readonly alpha: number;
  /** Those that the base does not have (the gate of GPT-2) are left out. */
  readonly projections: readonly Projection[];
  /** Peak of the learning rate; warm-up is a tenth of the steps, then a cosine down to a tenth. */
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  /** Times that every record is seen. */
  readonly epochs: number;
  /** Sequences a step. */
  readonly batch: number;
  /** Tokens of a sequence, at most the model's positions. */
  readonly length: number;
}

export const DEFAULT_HYPERPARAMETERS: AdapterHyperparameters = {
  rank: 16,
  alpha: 64,
  projections: PROJECTIONS,
  learningRate: 5e-3,
  weightDecay: 0.01,
  clipNorm: 1,
  epochs: 2,
  batch: 2,
  length: 256,
};

/** Largest values that training takes from a manifest, which anybody may have written; all are above 0. */
const LIMITS = {
  rank: 256,
  alpha: 4096,
  learningRate: 1,
  weightDecay: 1,
  clipNorm: 1000,
  epochs: 1000,
  batch: 1024,
  length: 2 ** 20,
} as const;
const WHOLE: readonly string[] = ["rank", "alpha", "epochs", "batch", "length"];

/** As a manifest records them: no number is a float, fractions are text. */
export function describeHyperparameters(parameters: AdapterHyperparameters): Record<string, string | number> {
  const { projections, ...numbers } = parameters;
  const described = Object.entries(numbers).map(([name, value]): [string, string | number] => [
    name,
    Number.isSafeInteger(value) ? value : String(value),
  ]);
  return { ...Object.fromEntries(described), projections: projections.join(",") };
}

/**
 * What a manifest records, see `describeHyperparameters`.
 *
 * @throws TrainingError `unknown_recipe` where a parameter is missing, out of bounds, or one that training does not have
 */
export function parseHyperparameters(recorded: { readonly [name: string]: string | number }): AdapterHyperparameters {
  const { projections: listed, ...numbers } = recorded;
  const refuse = (name: string, expected: string): never => {
    throw new TrainingError("unknown_recipe", `${name} of the recipe is ${recorded[name]}; expected ${expected}`);
  };
  const unknown = Object.keys(numbers).find((name) => !Object.hasOwn(LIMITS, name));
  if (unknown !== undefined) refuse(unknown, `none but ${Object.keys(LIMITS).join(", ")} and projections`);
  const number = (name: keyof typeof LIMITS): number => {
    const value = Object.hasOwn(numbers, name) ? Number(numbers[name]) : Number.NaN;
    const isWhole = Number.isInteger(value) || !WHOLE.includes(name);
    // without decay is a recipe, all else is above 0
    const isInBounds = value <= LIMITS[name] && (value > 0 || (value === 0 && name === "weightDecay"));
    return isWhole && isInBounds ? value : refuse(name, `a number above 0, at most ${LIMITS[name]}`);
  };
  const names = String(listed).split(",");
  const projections = PROJECTIONS.filter((projection) => names.includes(projection));
  if (projections.length !== names.length) refuse("projections", `some of ${PROJECTIONS.join(",")}`);
  return {
    rank: number("rank"),
    alpha: number("alpha"),
    projections,
    learningRate: number("learningRate"),
    weightDecay: number("weightDecay"),
    clipNorm: number("clipNorm"),
    epochs: number("epochs"),
    batch: number("batch"),
    length: number("length"),
  };
}
