import type { Row } from "../reference/Row.js";
import type { StageSource } from "../trace/fast/StageSource.js";
import type { Rows } from "../trace/StageRows.js";

/** Rows of a run as the fast stages read them; with `first` above 0, what lies before is gone. */
export function stageSourceOf(rows: Rows, position: number, first = 0, following?: number): StageSource {
  return {
    following: () => following,
    row: (value) => rows(value, position),
    history(value) {
      const list = Array.from({ length: position + 1 - first }, (_, i) => rows(value, first + i));
      const joined = list[0]!.constructor as new (elements: number[]) => Row;
      return { first, rows: new joined(list.flatMap((row) => [...row])) };
    },
  };
}
