import type { Op, ValueId } from "../program/Op.js";
import { fieldsOf } from "./opFields.js";

/** The values that an operation reads, at its own position or at earlier ones. */
export function valuesRead(op: Op): ValueId[] {
  const fields = op as unknown as Readonly<Record<string, unknown>>;
  return fieldsOf(op.kind).flatMap(([name, kind]) => {
    const field = fields[name];
    if (field === undefined) return [];
    if (kind === "value" || kind === "optional value") return [field as ValueId];
    if (kind === "digits") return [...(field as readonly ValueId[])];
    if (kind !== "numerator") return [];
    const { scale } = field as { readonly scale?: ValueId };
    return scale === undefined ? [] : [scale];
  });
}
