import { MAX_SURPRISE } from "../program/AttributionOp.js";
import type { Program } from "../program/Program.js";
import { shapesOf } from "../reference/shapes.js";
import type { OpBounds } from "./BoundsReport.js";
import type { Fact } from "./Fact.js";
import { Prover } from "./Prover.js";

/**
 * `proveBounds` of the attribution block alone: what enters it is bytes, whatever the base before it, so that an index is
 * appended to a proven base in the time that its own table takes.
 *
 * @throws ExactError as `proveBounds`
 */
export function proveAttribution(program: Program): readonly OpBounds[] {
  const { blocks, codes, surprise } = program;
  const block = blocks.at(-1)!;
  if (block.kind !== "attribution" || codes === undefined || surprise === undefined) return [];
  const shape = shapesOf(program)[codes]!;
  const known: Fact[] = new Array(block.from);
  known[codes] = { most: new Float64Array(shape.keyed ? 0 : shape.length).fill(255) };
  known[surprise] = { most: Float64Array.of(MAX_SURPRISE) };
  const prover = new Prover(program, known);
  prover.advance();
  return prover.proven;
}
