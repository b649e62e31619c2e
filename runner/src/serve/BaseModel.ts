/** The base model of this runner: its folder, checked and opened. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openRuntime, type Runtime, type RuntimeError, Tokenizer } from "@openledger/engine";
import { contentHash, FLOAT_ENGINE, type ProgramParts, programDescription, programRoot } from "@openledger/sdk";
import type { Hex } from "viem";

export class BaseModel {
  private constructor(
    readonly runtime: Runtime,
    readonly tokenizer: Tokenizer,
    private readonly parts: Pick<ProgramParts, "engine" | "architecture" | "tokenizerHash" | "baseRoot">,
  ) {}

  /** @param onExit Told when the engine's worker ends by itself. @throws RuntimeError, ModelError */
  static async open(options: {
    readonly modelDir: string;
    readonly threads: number;
    readonly onExit: (error: RuntimeError) => void;
  }): Promise<BaseModel> {
    const { modelDir } = options;
    const [config, tokenizer] = await Promise.all([
      readFile(join(modelDir, "config.json"), "utf8"),
      readFile(join(modelDir, "tokenizer.json")),
    ]);
    const runtime = await openRuntime(options);
    return new BaseModel(runtime, Tokenizer.parse(tokenizer.toString("utf8")), {
      engine: FLOAT_ENGINE,
      architecture: JSON.parse(config) as unknown,
      tokenizerHash: contentHash(tokenizer),
      baseRoot: runtime.weightsRoot,
    });
  }

  get weightsRoot(): Hex {
    return this.runtime.weightsRoot;
  }

  /** Most tokens of prompt and answer together: one position is end-of-text's. */
  get contextTokens(): number {
    return this.runtime.architecture.maxPositions - 1;
  }

  /** @param adapterRoot `weightsRoot` of the adapter; null for the base itself. */
  programRoot(adapterRoot: Hex | null): Hex {
    return programRoot(programDescription({ ...this.parts, adapterRoot }));
  }

  close(): Promise<void> {
    return this.runtime.close();
  }
}
