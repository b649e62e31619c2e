import { join } from "node:path";
import type { Tier } from "../engineParts.js";

/** Where the files of one model lie that contestants load. */
export class ArtifactFolder {
  constructor(readonly path: string) {}

  program(tier: Tier): string {
    return join(this.path, `program.${tier}.bin`);
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
