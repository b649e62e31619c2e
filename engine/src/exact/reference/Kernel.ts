import { ExactError } from "../errors.js";
import type { Op, TableName, ValueId } from "../program/Op.js";
import type { Program, Table } from "../program/Program.js";
import { BoundViolation } from "./arithmetic.js";
import { elementTypeOf, type Row } from "./Row.js";
import { lengthAt, shapesOf, tableOf, type ValueShape } from "./shapes.js";

/** What an operation reads: the tokens of the sequence, and rows of values at its own or an earlier position. */
export interface RowSource {
  row(value: ValueId, position: number): Row;
  /** Undefined where the sequence has ended. */
  token(position: number): number | undefined;
}

/** An operation at a position: the value of each element of its row, one at a time. */
export type Kernel = (element: number) => number;

/** Where an operation is computed, and all that it may read. */
export class Site {
  constructor(
    readonly program: Program,
    readonly position: number,
    private readonly source: RowSource,
  ) {}

  /** Row of an input, of the length that the program says. */
  row(value: ValueId, position = this.position): Row {
    const shape = this.shape(value);
    const row = this.source.row(value, position);
    const length = lengthAt(shape, position);
    if (elementTypeOf(row) !== shape.type || row.length !== length) {
      throw new ExactError(
        "row_malformed",
        `Value ${value} at position ${position} is ${elementTypeOf(row)}[${row.length}], not ${shape.type}[${length}].`,
      );
    }
    return row;
  }

  shape(value: ValueId): ValueShape {
    return shapesOf(this.program)[value]!;
  }

  table<K extends Table["kind"]>(name: TableName, kind: K): Table & { readonly kind: K } {
    return tableOf(this.program, name, kind);
  }

  token(): number {
    return this.checked(this.source.token(this.position));
  }

  /** The token that follows; undefined where none does. */
  following(): number | undefined {
    const token = this.source.token(this.position + 1);
    return token === undefined ? undefined : this.checked(token);
  }

  private checked(token: number | undefined): number {
    const { vocabulary } = this.program.shape;
    if (token !== undefined && Number.isInteger(token) && token >= 0 && token < vocabulary) return token;
    throw new ExactError("row_malformed", `Token ${token} is not one of ${vocabulary}.`);
  }
}

/** Runs `compute`; a bound that fails in it is told with the element where it failed. */
export function located<T>(op: number, kind: Op["kind"], position: number, element: number, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof BoundViolation)) throw error;
    const { value, bound } = error;
    throw new ExactError(
      "bound_violated",
      `Operation ${op} (${kind}), position ${position}, element ${element}: ${bound}, found ${value}.`,
      { cause: error, site: { op, kind, position, element, value } },
    );
  }
}
