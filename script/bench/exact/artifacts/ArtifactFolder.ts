import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DeviceFormNames, Tier } from "@openledger/engine";

/** Where the files of one model lie that contestants load. */
export class ArtifactFolder {
  constructor(readonly path: string) {}

  program(tier: Tier): string {
    return join(this.path, `program.${tier}`);
  }

  /** In which form this machine computes the program exactly. */
  forms(tier: Tier): DeviceFormNames {
    return JSON.parse(readFileSync(this.formsFile(tier), "utf8")) as DeviceFormNames;
  }

  writeForms(tier: Tier, { products, grids }: DeviceFormNames): void {
    writeFileSync(this.formsFile(tier), JSON.stringify({ products, grids }));
  }

  private formsFile(tier: Tier): string {
    return join(this.path, `forms.${tier}.json`);
  }

  fp32Graph(form: "step" | "pass"): string {
    return join(this.path, `fp32.${form}.onnx`);
  }

  /** The embedding table, f32. */
  get embedding(): string {
    return join(this.path, "embedding.f32");
  }

  get architecture(): string {
    return join(this.path, "architecture.json");
  }

  get gguf(): string {
    return join(this.path, "model.gguf");
  }
}
