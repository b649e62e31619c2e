import type { OpKind } from "./program/Op.js";

/** Where a bound of an exact program did not hold. */
export interface BoundSite {
  readonly op: number;
  readonly kind: OpKind;
  readonly position: number;
  readonly element: number;
  readonly value: number;
}

/** What could not be proven of an exact program before it ran. */
export interface UnprovenBound {
  readonly op: number;
  readonly kind: OpKind;
  readonly bound: string;
  /** What a value or a constant may be, and what it has to keep to. */
  readonly found: number;
  readonly limit: number;
}

/** An exact program, a row of its trace or a step of its proof that cannot be used, and why. */
export class ExactError extends Error {
  override readonly name = "ExactError";
  readonly retryable = false;
  /** Only with `bound_violated`. */
  readonly site: BoundSite | undefined;
  /** Only with `bound_unprovable`. */
  readonly unproven: UnprovenBound | undefined;

  constructor(
    readonly code:
      | "bound_violated"
      | "device_inexact"
      | "device_missing"
      | "bound_unprovable"
      | "program_malformed"
      | "arithmetic_unsupported"
      | "weights_unusable"
      | "row_malformed"
      | "step_too_large"
      | "token_out_of_range"
      | "position_out_of_range"
      | "trace_malformed"
      | "evidence_unusable"
      | "table_not_at_hand"
      | "table_altered"
      | "bound_exceeded"
      | "memory_exhausted"
      | "rows_out_of_range"
      | "file_missing"
      | "file_altered"
      | "folder_taken",
    message: string,
    options?: ErrorOptions & { readonly site?: BoundSite; readonly unproven?: UnprovenBound },
  ) {
    super(message, options);
    this.site = options?.site;
    this.unproven = options?.unproven;
  }
}
