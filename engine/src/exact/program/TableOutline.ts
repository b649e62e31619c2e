import type { Table } from "./Program.js";

/** The shape of a table, without its numbers. */
export type TableOutline =
  | { readonly kind: "matrix"; readonly rows: number; readonly columns: number; readonly digits: 1 | 2 }
  | { readonly kind: "floats"; readonly rows: number; readonly columns: number }
  | { readonly kind: "integers"; readonly length: number }
  | { readonly kind: "index"; readonly records: number; readonly positions: number; readonly vocabulary: number };

const known = new WeakMap<Table, TableOutline>();

/** Says the shape of a table whose numbers are read only when they are needed. */
export function rememberOutline(table: Table, outline: TableOutline): void {
  known.set(table, outline);
}

export function outlineOf(table: Table): TableOutline {
  const outline = known.get(table);
  if (outline !== undefined) return outline;
  switch (table.kind) {
    case "matrix":
      return { kind: "matrix", rows: table.rows, columns: table.columns, digits: digitsOf(table) };
    case "floats":
      return { kind: "floats", rows: table.rows, columns: table.columns };
    case "integers":
      return { kind: "integers", length: table.data.length };
    case "index": {
      const { records, positions, thresholds } = table;
      return { kind: "index", records, positions, vocabulary: thresholds.length };
    }
  }
}

/** Digits of a matrix; unlike a look at `low` it reads none of them. */
export function digitsOf(table: Table & { readonly kind: "matrix" }): 1 | 2 {
  return "low" in table ? 2 : 1;
}
