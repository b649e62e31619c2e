/** The base model of this runner: its folder, checked, compiled and opened. */
import {
  type Arithmetic,
  openRuntime,
  type Provider,
  type Runtime,
  type RuntimeError,
  type Tier,
  Tokenizer,
} from "@openledger/engine";
import type { Hex } from "viem";

export class BaseModel {
  private constructor(
    readonly runtime: Runtime,
    readonly tokenizer: Tokenizer,
  ) {}

  /** @param onExit Told when the engine's worker ends by itself. @throws RuntimeError, ModelError */
  static async open(options: {
    readonly modelDir: string;
    readonly threads: number;
    readonly provider?: Provider;
    readonly tier?: Tier;
    readonly arithmetic?: Arithmetic;
    readonly onExit: (error: RuntimeError) => void;
  }): Promise<BaseModel> {
    const tokenizer = await Tokenizer.load(options.modelDir);
    return new BaseModel(await openRuntime(options), tokenizer);
  }

  get weightsRoot(): Hex {
    return this.runtime.weightsRoot;
  }

  /** Most tokens of prompt and answer together: one position is end-of-text's. */
  get contextTokens(): number {
    return this.runtime.maxPositions - 1;
  }

  /** @param adapter Its `weightsRoot` and the program that it makes with the base; null for the base itself. */
  programRoot(adapter: { readonly weightsRoot: Hex; readonly programId: Hex } | null): Hex {
    return this.runtime.programRoot(adapter);
  }

  close(): Promise<void> {
    return this.runtime.close();
  }
}
