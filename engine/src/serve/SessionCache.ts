import { InferenceSession } from "onnxruntime-node";
import type { Architecture } from "../model/architecture.js";
import { buildDecodeGraph } from "../model/decode-graph.js";
import type { Projection, Weights } from "../model/parameters.js";
import { buildPrefillGraph } from "../model/prefill-graph.js";

/** What decides the shape of a serving graph: which projections take an adapter, of which rank. */
export interface AdapterShape {
  readonly projections: readonly Projection[];
  readonly rank: number;
}

/** Sessions kept; each has its own copy of the weights, since onnxruntime shares none between sessions. */
const MAX_SESSIONS = 12;
/** Lengths of prompts that a prefill graph is made for. */
const PREFILL_LENGTHS = [32, 128, 256, 512, 1024, 2048, 4096];

/** Sessions of the graphs that generation needs, made when first asked for; the least recently used is released. */
export class SessionCache {
  private readonly sessions = new Map<string, InferenceSession>();

  constructor(
    private readonly architecture: Architecture,
    private readonly weights: Weights,
    private readonly threads: number,
  ) {}

  decode(adapter: AdapterShape | undefined): Promise<InferenceSession> {
    return this.session(`decode ${key(adapter)}`, () =>
      buildDecodeGraph(this.architecture, this.weights, adapter === undefined ? {} : { lora: adapter }),
    );
  }

  /** A prefill session of the least length that holds `tokens` of them. */
  async prefill(
    adapter: AdapterShape | undefined,
    tokens: number,
  ): Promise<{ readonly session: InferenceSession; readonly length: number }> {
    const { maxPositions } = this.architecture;
    const length = Math.min(PREFILL_LENGTHS.find((l) => l >= tokens) ?? maxPositions, maxPositions);
    const session = await this.session(`prefill ${length} ${key(adapter)}`, () =>
      buildPrefillGraph(this.architecture, this.weights, {
        length,
        outputs: ["cache"],
        ...(adapter === undefined ? {} : { lora: adapter }),
      }),
    );
    return { session, length };
  }

  async release(): Promise<void> {
    for (const session of this.sessions.values()) await session.release();
    this.sessions.clear();
  }

  private async session(name: string, graph: () => Uint8Array): Promise<InferenceSession> {
    const found = this.sessions.get(name);
    if (found !== undefined) {
      this.sessions.delete(name);
      this.sessions.set(name, found);
      return found;
    }
    const made = await InferenceSession.create(graph(), {
      intraOpNumThreads: this.threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
    });
    this.sessions.set(name, made);
    for (const [oldest, session] of this.sessions) {
      if (this.sessions.size <= MAX_SESSIONS) break;
      this.sessions.delete(oldest);
      await session.release();
    }
    return made;
  }
}

function key(adapter: AdapterShape | undefined): string {
  return adapter === undefined ? "base" : `${adapter.projections.join("+")} rank ${adapter.rank}`;
}
