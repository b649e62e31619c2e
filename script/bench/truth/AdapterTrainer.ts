import {
  AdamW,
  type Adapter,
  clipScale,
  initialAdapter,
  LossSession,
  learningRate,
  type Model,
  ownFactors,
  PROJECTIONS,
  Random,
} from "@openledger/engine";

const LORA = { rank: 8, alpha: 16, projections: PROJECTIONS } as const;
const BATCH = 16;
const PEAK = 5e-3;

export interface TrainingPlan {
  /** Numbers of the records that are trained on. */
  readonly records: readonly number[];
  readonly steps: number;
  /** Of the adapter's start, and of the order of records. */
  readonly seeds: { readonly start: number; readonly order: number };
  /** A step after which the adapter is copied as it is then. */
  readonly keepAfter?: number;
}

/** One adapter as it was trained. */
export interface TrainedAdapters {
  readonly start: Adapter;
  /** After the step that was asked for; else as it began. */
  readonly kept: Adapter;
  readonly final: Adapter;
}

/** Trains many adapters over one base, one after another in the same session: hundreds for a ground truth. */
export class AdapterTrainer {
  private constructor(
    private readonly model: Model,
    private readonly texts: readonly (readonly number[])[],
    private readonly length: number,
    /** What the session reads in place. */
    private readonly adapter: Adapter,
    private readonly session: LossSession,
    private readonly lossAlone: LossSession,
  ) {}

  /** @param texts Tokens of each record; all of them, and those whose loss will be asked for, are cut at `length`. */
  static async create(
    model: Model,
    texts: readonly (readonly number[])[],
    options: { readonly length: number; readonly threads: number },
  ): Promise<AdapterTrainer> {
    const { architecture, weights: base } = model;
    const { length, threads } = options;
    const adapter = initialAdapter(architecture, LORA, 0);
    const trains = { kind: "adapter", base, ...LORA } as const;
    const own = ownFactors(adapter, architecture);
    const graph = { architecture, batch: BATCH, length, trains, outputs: "loss and gradients" } as const;
    const session = await LossSession.create(graph, own, threads);
    const lossAlone = await LossSession.create(
      { architecture, batch: 1, length, trains, outputs: "loss" },
      own,
      threads,
    );
    return new AdapterTrainer(model, texts, length, adapter, session, lossAlone);
  }

  /** Steps of `epochs` over so many records. */
  static steps(records: number, epochs: number): number {
    return Math.max(1, Math.floor((records * epochs) / BATCH));
  }

  /** Trains; `losses` are then of this adapter. @returns what it began with, and the copies: at `keepAfter`, and at the end */
  async train({ records, steps, seeds, keepAfter }: TrainingPlan): Promise<TrainedAdapters> {
    const { architecture } = this.model;
    const start = initialAdapter(architecture, LORA, seeds.start);
    for (const [key, factor] of this.adapter.factors) factor.set(start.factors.get(key)!);
    const optimizer = new AdamW(ownFactors(this.adapter, architecture), {
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
    });
    const schedule = { peak: PEAK, warmupSteps: Math.ceil(steps / 10), holdSteps: 0, totalSteps: steps, floor: 0.1 };
    const random = new Random(seeds.order);
    let order: number[] = [];
    let kept = start;
    for (let step = 0; step < steps; step++) {
      while (order.length < BATCH) order = [...order, ...random.shuffle([...records])];
      const { gradients } = await this.session.run(this.batch(order.slice(0, BATCH)));
      order = order.slice(BATCH);
      optimizer.update(gradients, learningRate(schedule, step), clipScale(gradients.values(), 1).scale);
      if (step + 1 === keepAfter) kept = this.copy();
    }
    return { start, kept, final: this.copy() };
  }

  /** Mean loss in nats of the tokens from `from` on, of the adapter that was trained last. */
  private async loss(ids: readonly number[], from: number): Promise<number> {
    const { tokens, targets, weights } = this.room(1);
    const count = this.fill(ids, from, 0, { tokens, targets, weights });
    if (count <= 0) throw new RangeError(`a text of ${ids.length} tokens has none from ${from} on that counts`);
    const { loss } = await this.lossAlone.run({ tokens, targets, weights });
    return loss / count;
  }

  /** Of each text, see `loss`. */
  async losses(texts: readonly { readonly ids: readonly number[]; readonly from: number }[]): Promise<number[]> {
    const found: number[] = [];
    for (const { ids, from } of texts) found.push(await this.loss(ids, from));
    return found;
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.lossAlone.close();
  }

  private copy(): Adapter {
    return { ...LORA, factors: new Map([...this.adapter.factors].map(([key, factor]) => [key, factor.slice()])) };
  }

  private batch(records: readonly number[]) {
    const room = this.room(BATCH);
    let count = 0;
    records.forEach((record, row) => {
      count += this.fill(this.texts[record]!, 0, row, room);
    });
    for (let i = 0; i < room.weights.length; i++) room.weights[i]! /= count;
    return room;
  }

  private room(batch: number) {
    const size = batch * this.length;
    return { tokens: new BigInt64Array(size), targets: new BigInt64Array(size), weights: new Float32Array(size) };
  }

  private fill(ids: readonly number[], from: number, row: number, room: ReturnType<AdapterTrainer["room"]>): number {
    const end = Math.min(ids.length, this.length);
    for (let i = 0; i < end; i++) {
      const at = row * this.length + i;
      room.tokens[at] = BigInt(i === 0 ? this.model.architecture.endToken : ids[i - 1]!);
      room.targets[at] = BigInt(ids[i]!);
      room.weights[at] = i < from ? 0 : 1;
    }
    return end - from;
  }
}
