import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { Device, DeviceFormNames } from "../conformance/Device.js";
import { digitNames } from "../lower/AttentionOperands.js";
import type { CacheType } from "../lower/codes/CodeForm.js";
import { codesOf } from "../lower/codes/codesOf.js";
import { isRounding, lowerBlock } from "../lower/lowerBlock.js";
import type { Op } from "../program/Op.js";
import type { Block, Program } from "../program/Program.js";
import { rowReaderOf } from "../program/RowReader.js";
import type { Row } from "../reference/Row.js";
import { clampLogits, integerLogits } from "../sampling/integerLogits.js";
import type { History } from "../trace/fast/StageSource.js";
import type { BlockRequest, BlockRows, RowProvider } from "../trace/RowProvider.js";
import { embedTokens } from "./embedTokens.js";
import { angleFeeds, batchFeeds } from "./feeds.js";
import { numberTensor } from "./numberTensor.js";
import { openBulkSession } from "./openBulkSession.js";
import { packSigns } from "./packSigns.js";
import { type BlockRun, readValue } from "./readValue.js";
import { surprisesOf } from "./surprisesOf.js";

export interface SessionProviderOptions extends DeviceFormNames {
  readonly device: Device;
}

/**
 * Rows of a trace by onnxruntime: a session for every block, opened when the block is first asked for. What indexes add to a
 * program is not among them.
 */
export class SessionProvider implements RowProvider {
  private readonly sessions = new Map<number, Promise<InferenceSession>>();

  constructor(
    private readonly program: Program,
    private readonly options: SessionProviderOptions,
  ) {}

  async rows(request: BlockRequest): Promise<BlockRows> {
    const { program } = this;
    const { block: index, from, to } = request;
    const block = program.blocks[index]!;
    if (block.kind === "embedding") return this.embedded(block, request);
    if (block.kind === "attribution") throw new Error("credits are made of an index, by an IndexedProvider");
    const scores = scoresOf(program, block);
    const past = scores === undefined ? NO_PAST : pastOf(scores, request);
    const run: BlockRun = { from, to, firstKey: past.first, capacity: past.capacity };
    const batch = { count: 1, length: to - from, filled: [past.filled], capacity: past.capacity };
    const session = await this.session(index);
    const feeds: Record<string, Tensor> = {
      ...batchFeeds(program, batch, 0),
      // Keys are counted from the first that is fed, angles from the sequence's start.
      ...angleFeeds(program, positionsOf(from, to)),
      ...(scores === undefined ? {} : pastFeeds(scores, past, this.cacheType)),
      x: numberTensor(program, request.input!, [to - from, program.shape.hidden]),
    };
    const outputs = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])));
    const made = new Map<number, Row>();
    for (let id = block.from; id < block.to; id++) {
      made.set(id, isRounding(program, id) ? rounded(program, id, made, request) : this.read(id, run, outputs));
    }
    return { values: [...made.values()] };
  }

  async release(): Promise<void> {
    for (const session of this.sessions.values()) await (await session).release();
    this.sessions.clear();
  }

  private read(id: number, run: BlockRun, outputs: Readonly<Record<string, Tensor>>): Row {
    const segments: Tensor[] = [];
    for (let i = 0; ; i++) {
      const segment = outputs[`value.${id}.${i}`];
      if (segment === undefined) break;
      segments.push(segment);
    }
    return readValue(this.program, id, run, segments);
  }

  private embedded(block: Block, { from, to, tokens }: BlockRequest): BlockRows {
    const positions = positionsOf(from, to);
    const own = positions.map((position) => tokens[position]!);
    const [embed] = this.program.ops;
    const rows = rowReaderOf(this.program);
    const alone = { ...this.program, ops: [embed!] };
    const values = [embedTokens(alone, rows, own, positions)];
    if (block.to - block.from === 2) values.push(embedTokens(this.program, rows, own, positions));
    return { values };
  }

  private get cacheType(): CacheType {
    return codesOf(this.options.products).cacheType;
  }

  private session(index: number): Promise<InferenceSession> {
    const known = this.sessions.get(index);
    if (known !== undefined) return known;
    const { device, products, grids } = this.options;
    const graph = lowerBlock(this.program, this.program.blocks[index]!, { codes: codesOf(products), grids });
    const opening = openBulkSession(graph, device);
    this.sessions.set(index, opening);
    opening.catch(() => this.sessions.delete(index));
    return opening;
  }
}

type Scores = Extract<Op, { kind: "scores" }>;

interface Past {
  /** Of each digit, and scales. */
  readonly digits: readonly History[];
  readonly scales: History | undefined;
  readonly first: number;
  readonly filled: number;
  /** At least one place, hidden where there is no key. */
  readonly capacity: number;
}

const NO_PAST: Past = { digits: [], scales: undefined, first: 0, filled: 0, capacity: 1 };

function scoresOf({ ops }: Program, { from, to }: Block): Scores | undefined {
  return ops.slice(from, to).find((op): op is Scores => op.kind === "scores");
}

function pastOf(scores: Scores, { from, past }: BlockRequest): Past {
  if (from === 0) return NO_PAST;
  const digits = scores.qkv.map((id) => past.get(id)!);
  const scales = past.get(scores.scale)!;
  const first = Math.max(scales.first, ...digits.map((history) => history.first));
  return { digits, scales, first, filled: from - first, capacity: Math.max(1, from - first) };
}

/** Keys and values of earlier positions, from rows of all heads. */
function pastFeeds({ shape, qkv }: Scores, past: Past, type: CacheType): Record<string, Tensor> {
  const { heads, kvHeads, headDim } = shape;
  const { capacity, filled } = past;
  const width = (heads + 2 * kvHeads) * headDim;
  const shift = type === "uint8" ? 128 : 0;
  const newCodes = (): Int8Array | Uint8Array => {
    const length = kvHeads * headDim * capacity;
    return type === "int8" ? new Int8Array(length) : new Uint8Array(length).fill(128);
  };
  const feeds: Record<string, Tensor> = {};
  for (const [k, name] of digitNames(qkv).entries()) {
    const [keys, values] = [newCodes(), newCodes()];
    const history = past.digits[k];
    for (let p = 0; p < filled; p++) {
      const row = (past.first + p - history!.first) * width;
      for (let head = 0; head < kvHeads; head++) {
        const key = row + (heads + head) * headDim;
        const value = key + kvHeads * headDim;
        for (let d = 0; d < headDim; d++) {
          keys[(head * headDim + d) * capacity + p] = history!.rows[key + d]! + shift;
          values[(head * capacity + p) * headDim + d] = history!.rows[value + d]! + shift;
        }
      }
    }
    feeds[`past_key.0${name}`] = new Tensor(type, keys as never, [1, kvHeads, headDim, capacity]);
    feeds[`past_value.0${name}`] = new Tensor(type, values as never, [1, kvHeads, capacity, headDim]);
  }
  const scales = new Float32Array(2 * kvHeads * capacity);
  for (let p = 0; p < filled; p++) {
    const row = (past.first + p - past.scales!.first) * (heads + 2 * kvHeads) + heads;
    for (let head = 0; head < 2 * kvHeads; head++) scales[head * capacity + p] = past.scales!.rows[row + head]!;
  }
  feeds.past_scales = new Tensor("float32", scales, [2, kvHeads, 1, capacity]);
  return feeds;
}

function positionsOf(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** What is made of a value of the graph outside of it. */
function rounded(program: Program, id: number, made: ReadonlyMap<number, Row>, request: BlockRequest): Row {
  const op = program.ops[id]!;
  switch (op.kind) {
    case "integerLogits":
      return logitsOf(made.get(op.x)!);
    case "signBits":
      return packSigns(made.get(op.x)!);
    case "surprise": {
      const { from, to, tokens } = request;
      const following = positionsOf(from, to).map((position) => tokens[position + 1]);
      return surprisesOf(program, made.get(op.logits) as Int32Array, following);
    }
    default:
      throw new Error(`${op.kind} is made in the graph`);
  }
}

function logitsOf(x: Row): Int32Array {
  return x instanceof Int32Array ? clampLogits(x) : integerLogits(x as Float32Array);
}
