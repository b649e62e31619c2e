import { join } from "node:path";
import type { Architecture } from "./architecture.js";
import { ModelError } from "./errors.js";
import { loadArchitecture } from "./model-folder.js";
import { readText } from "./readText.js";
import { shortened } from "./shown.js";

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

/** Fields that are read, and those beside them that say where the numbers came from. */
const FIELDS = {
  file: ["cases", "adapter_cases", "training", "family", "made_with", "parameters", "note"],
  case: ["input_ids", "prompt", "last_logits", "logits_sum_abs", "greedy_ids", "greedy_text", "note"],
  adapterCase: ["input_ids", "last_logits", "note"],
  training: ["batch", "optimizer", "start", "loss_per_step", "note"],
  optimizer: ["name", "lr", "betas", "eps", "weight_decay"],
} as const;

/**
 * Reads the reference of a folder for the model of its `config.json`.
 *
 * @throws ModelError `file_unreadable`, `config_unsupported`; `reference_malformed` naming the part that is not as it
 * should be: a field that is not known, a token or a position that the model has not, a case that says nothing of it
 */
export async function readReference(modelDir: string): Promise<Reference> {
  const file = join(modelDir, "reference.json");
  const reference = parseReference(await readText(file), file);
  checkCases(reference, await loadArchitecture(modelDir), file);
  return reference;
}

/** What a reference says is what a model of this architecture can be asked, and is something. */
function checkCases(reference: Reference, { vocabulary, maxPositions }: Architecture, file: string): void {
  const refuse = (detail: string): ModelError => new ModelError("reference_malformed", `${file}: ${detail}`);
  const check = (where: string, field: string, ids: readonly number[], positions: number): void => {
    const foreign = ids.find((id) => id >= vocabulary);
    if (foreign !== undefined) {
      throw refuse(`${where}: ${field} has token ${foreign}, the model has ${vocabulary} tokens`);
    }
    if (positions > maxPositions) {
      throw refuse(`${where}: ${field} needs ${positions} positions, the model has ${maxPositions}`);
    }
  };
  for (const [list, cases] of [
    ["cases", reference.cases],
    ["adapter_cases", reference.adapterCases],
  ] as const) {
    for (const [i, { inputIds, greedyIds = [], prompt, lastLogits, logitsSumAbs }] of cases.entries()) {
      const where = `${list}[${i}]`;
      check(where, "input_ids", inputIds, inputIds.length);
      check(where, "greedy_ids", greedyIds, inputIds.length + greedyIds.length);
      const said = list === "cases" ? [prompt, lastLogits, logitsSumAbs, greedyIds[0]] : [lastLogits];
      if (said.every((value) => value === undefined))
        throw refuse(`${where} has nothing to compare its input_ids with`);
      if (lastLogits !== undefined && lastLogits.length !== vocabulary) {
        throw refuse(`${where}: last_logits has ${lastLogits.length} numbers, the model has ${vocabulary} tokens`);
      }
    }
  }
  // The last token of a row is only predicted.
  for (const row of reference.training?.batch ?? []) check("training", "batch", row, row.length - 1);
}

/** @throws ModelError `reference_malformed` */
function parseReference(text: string, file: string): Reference {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw new ModelError("reference_malformed", `${file} is not JSON`, { cause });
  }
  const part = new Part(root, file, "the file");
  part.only(FIELDS.file);
  const cases = (name: string, fields: readonly string[]) =>
    (part.has(name) ? part.list(name) : []).map((entry) => readCase(entry, fields));
  return {
    cases: cases("cases", FIELDS.case),
    adapterCases: cases("adapter_cases", FIELDS.adapterCase),
    training: part.has("training") ? readTraining(part.inside("training")) : undefined,
  };
}

function readCase(part: Part, fields: readonly string[]): ReferenceCase {
  part.only(fields);
  return {
    inputIds: part.tokens("input_ids"),
    prompt: part.has("prompt") ? part.text("prompt") : undefined,
    lastLogits: part.has("last_logits") ? part.numbers("last_logits") : undefined,
    logitsSumAbs: part.has("logits_sum_abs") ? part.number("logits_sum_abs") : undefined,
    greedyIds: part.has("greedy_ids") ? part.tokens("greedy_ids") : undefined,
  };
}

function readTraining(part: Part): ReferenceTraining {
  part.only(FIELDS.training);
  const optimizer = part.inside("optimizer");
  optimizer.only(FIELDS.optimizer);
  if (optimizer.has("name") && optimizer.text("name") !== "AdamW") throw optimizer.malformed("name", '"AdamW"');
  if (part.has("start") && !/^adapter\/?$/.test(part.text("start"))) throw part.malformed("start", '"adapter/"');
  const batch = part.list("batch").map((row) => row.wholeTokens());
  const [first] = batch;
  if (first === undefined || first.length < 2 || batch.some((row) => row.length !== first.length)) {
    throw part.malformed("batch", "sequences of equal length, two tokens or more");
  }
  const [beta1, beta2, ...more] = optimizer.numbers("betas");
  if (beta1 === undefined || beta2 === undefined || more.length > 0) throw optimizer.malformed("betas", "two numbers");
  const losses = part.numbers("loss_per_step");
  if (losses.length === 0) throw part.malformed("loss_per_step", "the loss of one step or more");
  return {
    batch,
    learningRate: optimizer.number("lr"),
    betas: [beta1, beta2],
    epsilon: optimizer.number("eps"),
    weightDecay: optimizer.number("weight_decay"),
    losses,
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

  /** A field that nobody reads would pass for one that agrees. */
  only(known: readonly string[]): void {
    const other = Object.keys(this.fields()).find((name) => !known.includes(name));
    if (other === undefined) return;
    const message = `${this.file}: ${shortened(other)} of ${this.path} is not known; known are ${known.join(", ")}`;
    throw new ModelError("reference_malformed", message);
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
    const fields = this.fields();
    return Object.hasOwn(fields, name) ? fields[name] : undefined;
  }

  private fields(): Readonly<Record<string, unknown>> {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) {
      throw new ModelError("reference_malformed", `${this.file}: ${this.path} must be an object`);
    }
    return this.value as Record<string, unknown>;
  }
}
