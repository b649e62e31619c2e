import type { Runtime } from "./Runtime.js";

/** What a node says at its start of how it computes, and why not faster. Values are for a log. */
export function deviceReport(runtime: Pick<Runtime, "conformity" | "programId" | "tier" | "arithmetic" | "steps">): {
  readonly program: string;
  readonly tier: string;
  readonly arithmetic: string;
  readonly provider: string;
  readonly threads: number;
  readonly products: string;
  readonly grids: string;
  readonly steps: string;
  readonly refused?: string;
} {
  const { device, products, grids, refused } = runtime.conformity;
  const why = refused.map(
    (difference) =>
      `${difference.products} products, grids by ${difference.grids}: ${difference.vector}, element ` +
      `${difference.element} must be ${difference.expected}, found ${difference.found}`,
  );
  return {
    program: runtime.programId,
    tier: runtime.tier,
    arithmetic: runtime.arithmetic,
    provider: device.provider,
    threads: device.threads,
    products,
    grids,
    steps: runtime.steps,
    ...(why.length === 0 ? {} : { refused: why.join("; ") }),
  };
}
