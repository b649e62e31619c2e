import type { Architecture } from "../../model/architecture.js";
import type { AttentionShape, Digits, ValueId } from "../program/Op.js";
import type { Arithmetic, Program } from "../program/Program.js";
import { SURPRISE_GRID, surpriseTable } from "../program/tables.js";
import type { TierSettings } from "../program/tiers.js";
import { Prover } from "../prove/Prover.js";
import type { MatrixSource } from "./MatrixSource.js";
import type { LayerMatrices, ModelMatrices, Site } from "./modelMatrices.js";
import { ProgramBuilder } from "./ProgramBuilder.js";

/** What is compiled, whatever the arithmetic. */
export interface CompilerInputs {
  readonly architecture: Architecture;
  readonly settings: TierSettings;
  readonly matrices: ModelMatrices;
  readonly maxPositions: number;
  /** Tables of the same model's program without an adapter. */
  readonly made: Program["tables"] | undefined;
}

/** A row in digits and the number that stands for their steps. */
export interface Quantised {
  readonly scale: ValueId;
  readonly digits: Digits;
}

/** A matrix and what is added to its outputs. */
export interface Affine {
  readonly matrix: MatrixSource;
  readonly bias: Float32Array | undefined;
}

/** What becomes of a linear's outputs. */
export type Output = "heads" | "hidden" | "residual" | "logits" | "signs";

type HeadOutputs = Pick<Program, "logits" | "codes" | "surprise">;

/** Writes the operations of a model, block by block. What numbers they hold is up to an arithmetic. */
export abstract class ModelCompiler {
  protected readonly program = new ProgramBuilder();
  protected readonly prover: Prover;

  constructor(
    private readonly arithmetic: Arithmetic,
    protected readonly inputs: CompilerInputs,
  ) {
    const { ops, tables } = this.program;
    const { architecture, maxPositions } = inputs;
    this.prover = new Prover({ arithmetic, ops, tables, shape: { vocabulary: architecture.vocabulary, maxPositions } });
  }

  /** @throws ExactError `weights_unusable`, `bound_unprovable` */
  compile(): Omit<Program, "tier"> {
    const { program, arithmetic } = this;
    const { architecture, maxPositions } = this.inputs;
    const { vocabulary, hidden, layers, heads, kvHeads, headDim, feedForward, endToken } = architecture;
    this.commonTables();
    let x = program.block("embedding", undefined, () => this.embedding())!;
    for (let layer = 0; layer < layers; layer++) {
      const input = x;
      x = program.block("layer", input, () => this.layer(layer, input))!;
    }
    let outputs: HeadOutputs | undefined;
    program.block("head", x, () => {
      outputs = this.head(x);
      return undefined;
    });
    this.prover.advance();
    const shape = { vocabulary, hidden, layers, heads, kvHeads, headDim, feedForward, maxPositions, endToken };
    return { arithmetic, ops: program.ops, tables: program.tables, blocks: program.blocks, shape, ...outputs! };
  }

  private layer(layer: number, input: ValueId): ValueId {
    const matrices = this.inputs.matrices.layer(layer);
    const mixed = this.attention(layer, matrices, input);
    const x = this.program.push({ kind: "add", x: input, y: this.project(mixed, matrices.o, `layer.${layer}.o`) });
    const y = this.adapted(this.normed(x, matrices.gateUp, `layer.${layer}.gateUp`), "hidden");
    const hidden = this.activated(y);
    return this.program.push({ kind: "add", x, y: this.project(hidden, matrices.down, `layer.${layer}.down`) });
  }

  private attention(layer: number, matrices: LayerMatrices, x: ValueId): ValueId {
    const { heads, kvHeads, headDim, windows, positions } = this.inputs.architecture;
    let y = this.adapted(this.normed(x, matrices.qkv, `layer.${layer}.qkv`), "heads");
    if (matrices.headNorms !== undefined) y = this.normedHeads(y, matrices.headNorms, `layer.${layer}.headNorms`);
    if (positions.kind === "rotary") y = this.rotated(y);
    return this.attended(y, { heads, kvHeads, headDim, window: windows[layer] ?? null }, `layer.${layer}`);
  }

  private head(x: ValueId): HeadOutputs {
    const { program } = this;
    const { matrices } = this.inputs;
    const site = this.normed(x, matrices.head, "head");
    const logits = program.push({ kind: "integerLogits", x: this.adapted(site, "logits") });
    if (matrices.codes === undefined) return { logits, codes: undefined };
    const signs = this.adapted({ ...site, site: matrices.codes, name: "codes" }, "signs");
    const codes = program.push({ kind: "signBits", x: signs });
    const { gridBits } = SURPRISE_GRID;
    const table = program.table("surprise", { kind: "integers", data: surpriseTable(SURPRISE_GRID) });
    return { logits, codes, surprise: program.push({ kind: "surprise", logits, table, gridBits }) };
  }

  /** A linear after a root-mean-square norm, the norm's weight folded into the matrix. */
  private normed(x: ValueId, site: Site, name: string): Placed {
    return { from: this.normedDigits(x, site.channels, name), site, name };
  }

  private project(x: ValueId, site: Site, name: string): ValueId {
    return this.adapted({ from: this.quantized(x, this.inputs.settings.activationDigits, 1), site, name }, "residual");
  }

  /** Tables that all layers use. */
  protected abstract commonTables(): void;
  protected abstract embedding(): ValueId;
  /** Digits of a row, or of it times its channels' factors, with the factor of its norm for a scale. */
  protected abstract normedDigits(x: ValueId, channels: Float32Array | undefined, name: string): Quantised;
  protected abstract quantized(x: ValueId, digits: 1 | 2, groups: number): Quantised;
  /** A linear, and the adapter's two beside it. */
  protected abstract adapted(placed: Placed, output: Output): ValueId;
  /** @param vectors `[heads + kvHeads, headDim]` */
  protected abstract normedHeads(y: ValueId, vectors: Float32Array, name: string): ValueId;
  protected abstract attended(y: ValueId, shape: AttentionShape, name: string): ValueId;
  /** What the MLP's activation, gated or not, makes of a row. */
  protected abstract activated(y: ValueId): ValueId;

  /** Queries and keys turned by their positions. */
  protected rotated(y: ValueId): ValueId {
    const { heads, kvHeads } = this.inputs.architecture;
    return this.program.push({ kind: "rotate", x: y, groups: heads + kvHeads, table: "rotary" });
  }
}

/** A linear, the digits that it takes and the name of its tables. */
export interface Placed {
  readonly from: Quantised;
  readonly site: Site;
  readonly name: string;
}
