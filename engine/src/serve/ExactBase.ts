import { type Keccak, loadKeccak } from "@openledger/sdk";
import { compileModel } from "../exact/compile/compileModel.js";
import type { CommittedProgram } from "../exact/document/CommittedProgram.js";
import { commitProgram } from "../exact/document/commitProgram.js";
import type { Arithmetic, Tier } from "../exact/program/Program.js";
import type { Adapter } from "../model/adapter.js";
import type { Model } from "../model/model-folder.js";

/** What attribution reads of a base's final state. */
export interface CodeSource {
  readonly mean: Float32Array;
  readonly projection: Float32Array;
}

/** Which of a model's programs. */
export interface CompiledAs {
  readonly tier: Tier;
  readonly arithmetic: Arithmetic;
}

/** A base compiled and committed, and the programs of its adapters. Codes of attribution belong to the base's program alone. */
export class ExactBase {
  private constructor(
    readonly model: Model,
    readonly weightsRoot: string,
    private readonly compiled: CompiledAs,
    readonly committed: CommittedProgram,
    private readonly keccak: Keccak,
  ) {}

  /** @throws ExactError as `compileModel` */
  static async compile(
    model: Model,
    weightsRoot: string,
    codes: CodeSource | undefined,
    { tier, arithmetic }: CompiledAs,
  ): Promise<ExactBase> {
    const keccak = await loadKeccak();
    const program = compileModel(model, { tier, arithmetic, ...(codes === undefined ? {} : { codes }) });
    return new ExactBase(model, weightsRoot, { tier, arithmetic }, commitProgram(keccak, program), keccak);
  }

  /** @throws ExactError as `compileModel` */
  withAdapter(adapter: Adapter): CommittedProgram {
    const base = this.committed;
    const program = compileModel(this.model, { ...this.compiled, adapter, base: base.program });
    return commitProgram(this.keccak, program, base);
  }
}
