import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ModelError } from "./errors.js";

/** What another implementation computed for a model folder, as its `reference.json` records. */
export interface Reference {
  readonly cases: readonly ReferenceCase[];
  /** The same with the adapter in `adapter/`. */
  readonly adapterCases: readonly ReferenceCase[];
  readonly training: ReferenceTraining | undefined;
}

export interface ReferenceCase {
  readonly inputIds: readonly number[];
  readonly prompt: string | undefined;
  /** Logits after the last token, `[vocabulary]`. */
  readonly lastLogits: readonly number[] | undefined;
  /** Sum of |logit| over all positions of the input. */
  readonly logitsSumAbs: number | undefined;
  readonly greedyIds: readonly number[] | undefined;
}

/** Steps of AdamW on the adapter in `adapter/`. */
export interface ReferenceTraining {
  /** Sequences of equal length; each position but the last predicts the next. */
  readonly batch: readonly (readonly number[])[];
  readonly learningRate: number;
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Mean cross-entropy in nats before each step. */
  readonly losses: readonly number[];
}

/** @throws ModelError `file_unreadable`; `reference_malformed` naming the part that is not as it should be */
export async function readReference(modelDir: string): Promise<Reference> {
  const file = join(modelDir, "reference.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new ModelError("file_unreadable", `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  return parseReference(text, file);
}

/** @throws ModelError `reference_malformed` */
export function parseReference(text: string, file: string): Reference {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw new ModelError("reference_malformed", `${file} is not JSON`, { cause });
  }
  const part = new Part(root, file, "the file");
  const cases = (name: string) => (part.has(name) ? part.list(name) : []).map(readCase);
  return {
    cases: cases("cases"),
    adapterCases: cases("adapter_cases"),
    training: part.has("training") ? readTraining(part.inside("training")) : undefined,
  };
}

function readCase(part: Part): ReferenceCase {
  return {
    inputIds: part.tokens("input_ids"),
    prompt: part.has("prompt") ? part.text("prompt") : undefined,
    lastLogits: part.has("last_logits") ? part.numbers("last_logits") : undefined,
    logitsSumAbs: part.has("logits_sum_abs") ? part.number("logits_sum_abs") : undefined,
    greedyIds: part.has("greedy_ids") ? part.tokens("greedy_ids") : undefined,
  };
}

function readTraining(part: Part): ReferenceTraining {
  const optimizer = part.inside("optimizer");
  if (optimizer.has("name") && optimizer.text("name") !== "AdamW") throw optimizer.malformed("name", '"AdamW"');
  if (part.has("start") && !/^adapter\/?$/.test(part.text("start"))) throw part.malformed("start", '"adapter/"');
  const batch = part.list("batch").map((row) => row.wholeTokens());
  const [first] = batch;
  if (first === undefined || first.length < 2 || batch.some((row) => row.length !== first.length)) {
    throw part.malformed("batch", "sequences of equal length, two tokens or more");
  }
  const [beta1, beta2, ...more] = optimizer.numbers("betas");
  if (beta1 === undefined || beta2 === undefined || more.length > 0) throw optimizer.malformed("betas", "two numbers");
  return {
    batch,
    learningRate: optimizer.number("lr"),
    betas: [beta1, beta2],
    epsilon: optimizer.number("eps"),
    weightDecay: optimizer.number("weight_decay"),
    losses: part.numbers("loss_per_step"),
  };
}

/** A value inside the file and its path, for messages. */
class Part {
  constructor(
    private readonly value: unknown,
    private readonly file: string,
    private readonly path: string,
  ) {}

  malformed(name: string, wanted: string): ModelError {
    return new ModelError("reference_malformed", `${this.file}: ${name} of ${this.path} must be ${wanted}`);
  }

  has(name: string): boolean {
    return (this.field(name) ?? undefined) !== undefined;
  }

  inside(name: string): Part {
    return new Part(this.field(name), this.file, name);
  }

  list(name: string): Part[] {
    const value = this.field(name);
    if (!Array.isArray(value)) throw this.malformed(name, "a list");
    return value.map((entry, i) => new Part(entry, this.file, `${name}[${i}]`));
  }

  text(name: string): string {
    const value = this.field(name);
    if (typeof value !== "string") throw this.malformed(name, "text");
    return value;
  }

  number(name: string): number {
    const value = this.field(name);
    if (typeof value !== "number") throw this.malformed(name, "a number");
    return value;
  }

  numbers(name: string): number[] {
    const value = this.field(name);
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === "number")) {
      throw this.malformed(name, "a list of numbers");
    }
    return value;
  }

  tokens(name: string): number[] {
    return this.inside(name).wholeTokens();
  }

  wholeTokens(): number[] {
    const { value } = this;
    if (Array.isArray(value) && value.length > 0 && value.every((id) => Number.isSafeInteger(id) && id >= 0))
      return value;
    throw new ModelError("reference_malformed", `${this.file}: ${this.path} must be a list of one token or more`);
  }

  private field(name: string): unknown {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) {
      throw new ModelError("reference_malformed", `${this.file}: ${this.path} must be an object`);
    }
    return Object.hasOwn(this.value, name) ? (this.value as Record<string, unknown>)[name] : undefined;
  }
}
