import type { ProductForm } from "../lower/codes/CodeForm.js";
import type { GridForm } from "../lower/emitGrid.js";

/** Execution providers of onnxruntime that programs may run on. */
export const PROVIDERS = ["cpu", "cuda", "webgpu"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What computes a program. */
export interface Device {
  readonly provider: Provider;
  /** Threads of a run, for `cpu`. */
  readonly threads: number;
}

/** The ways in which a device was found to be exact. */
export interface DeviceFormNames {
  readonly products: ProductForm;
  readonly grids: GridForm;
}
