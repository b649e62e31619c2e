import type { CodeForm, ProductForm } from "./CodeForm.js";
import { FloatCodes } from "./FloatCodes.js";
import { IntegerCodes } from "./IntegerCodes.js";

export function codesOf(name: ProductForm): CodeForm {
  return name === "f32" ? new FloatCodes() : new IntegerCodes(name);
}
