import type { ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import type { Row } from "../reference/Row.js";
import { referenceRun } from "../reference/referenceRun.js";

/** All rows of a reference run, for tests. */
export class ReferenceRows {
  private readonly rows: Row[][];

  constructor(
    readonly program: Program,
    readonly tokens: readonly number[],
  ) {
    this.rows = tokens.map(() => []);
    referenceRun(program, tokens, {
      onRow: (op, position, row) => {
        this.rows[position]![op] = row;
      },
    });
  }

  readonly row = (op: ValueId, position: number): Row => this.rows[position]![op]!;

  readonly token = (position: number): number | undefined => this.tokens[position];
}
