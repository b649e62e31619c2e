import type { CommittedProgram } from "../document/CommittedProgram.js";
import { planeTables } from "../document/planeTables.js";
import { readProgramDocument } from "../document/readProgramDocument.js";
import { type Plane, type PlaneShape, planeOf } from "../document/tablePlanes.js";
import { ExactError } from "../errors.js";
import type { TableName } from "../program/Op.js";
import type { Table } from "../program/Program.js";
import { type DigitRange, type RowReader, requireRows } from "../program/RowReader.js";
import { outlineOf, type TableOutline } from "../program/TableOutline.js";
import { bytesOf, fromLittleEndian } from "../reference/elementBytes.js";
import { ELEMENT_BYTES, newRow, type Row } from "../reference/Row.js";
import { checkLimits } from "../trace/checkLimits.js";
import { ContentFolder, type ExpectedFile } from "./ContentFolder.js";
import {
  DOCUMENT_FILE,
  INDEX_FILE,
  MOST_INDEX_BYTES,
  type PlaneFile,
  type ProgramIndex,
  planeFileName,
  readProgramIndex,
} from "./programIndex.js";

/** A program in files. Numbers of its tables are read, and their file hashed, when they are first looked at. */
export interface OpenedProgram extends CommittedProgram, RowReader {
  /** A plane's elements as its file has them, bounds too. @throws ExactError `file_missing`, `file_altered` */
  readPlane(table: TableName, plane: Plane): Row;
}

/**
 * Opens what `writeProgram` wrote. Reads index and document; a table's numbers are read when they are looked at, kept while
 * somebody holds them, and read again after. Reading blocks the thread.
 *
 * What is trusted is the index: a program from a stranger is held against its roots by `verifyTables`.
 *
 * @throws ExactError `file_missing`; `file_altered` naming file, expected and found hash; `program_malformed`;
 * `step_too_large` as `checkLimits`.
 */
export function openProgram(folder: string): OpenedProgram {
  const files = new ContentFolder(folder);
  const index = readProgramIndex(files.readAny(INDEX_FILE, MOST_INDEX_BYTES));
  const bytes = new Uint8Array(index.document.bytes);
  files.readInto({ ...index.document, name: DOCUMENT_FILE }, bytes);
  const committed = readProgramDocument(bytes);
  requireSame(folder, index, committed);
  checkLimits(committed.program);
  const outlines = new Map([...committed.program.tables].map(([name, table]) => [name, outlineOf(table)]));
  const planes = new PlaneFiles(files, index.planes, outlines);
  const tables = planeTables(outlines, (table, plane) => planes.whole(table, plane));
  return {
    ...committed,
    program: { ...committed.program, tables },
    readRows: (table, from, to) => planes.rows(table, from, to),
    readDigits: (range, into) => planes.digits(range, into),
    readPlane: (table, plane) => planes.whole(table, plane),
  };
}

class PlaneFiles {
  private readonly kept = new Map<string, WeakRef<Row>>();

  constructor(
    private readonly folder: ContentFolder,
    private readonly files: ReadonlyMap<string, PlaneFile>,
    private readonly outlines: ReadonlyMap<TableName, TableOutline>,
  ) {}

  whole(table: TableName, plane: Plane): Row {
    const shape = planeOf(table, this.outlines.get(table)!, plane);
    const known = this.kept.get(shape.name)?.deref();
    if (known !== undefined) return known;
    const row = newRow(shape.type, (shape.rows * shape.rowBytes) / ELEMENT_BYTES[shape.type]);
    this.folder.readInto(this.file(shape), bytesOf(row));
    this.kept.set(shape.name, new WeakRef(fromLittleEndian(row)));
    return row;
  }

  rows(table: TableName, from: number, to: number): Table {
    const outline = this.outlines.get(table);
    if (outline?.kind !== "matrix" && outline?.kind !== "floats") return requireRows(table, undefined, from, to);
    requireRows(table, outline.rows, from, to);
    const { columns } = outline;
    const elements = (plane: Plane, width: number) =>
      this.range(planeOf(table, outline, plane), from * width, (to - from) * width);
    if (outline.kind === "floats") {
      return { kind: "floats", rows: to - from, columns, data: elements("data", columns) as Float32Array };
    }
    return {
      kind: "matrix",
      rows: to - from,
      columns,
      high: elements("high", columns) as Int8Array,
      scales: elements("scales", 1) as Float32Array,
      ...(outline.digits === 1 ? {} : { low: elements("low", columns) as Int8Array }),
    };
  }

  digits({ table, digit, from, to }: DigitRange, into: Int8Array): void {
    const outline = this.outlines.get(table);
    if (outline?.kind !== "matrix" || (digit === "low" && outline.digits === 1)) {
      requireRows(table, undefined, from, to);
      return;
    }
    requireRows(table, outline.rows, from, to);
    if (into.length !== (to - from) * outline.columns) {
      throw new RangeError(`${to - from} rows of ${outline.columns} digits are no ${into.length}`);
    }
    this.folder.readRange(this.file(planeOf(table, outline, digit)), from * outline.columns, bytesOf(into));
  }

  private range(shape: PlaneShape, from: number, count: number): Row {
    const row = newRow(shape.type, count);
    this.folder.readRange(this.file(shape), from * ELEMENT_BYTES[shape.type], bytesOf(row));
    return fromLittleEndian(row);
  }

  private file({ name }: PlaneShape): ExpectedFile {
    const file = this.files.get(name)!;
    return { ...file, name: planeFileName(file) };
  }
}

/** The index speaks of the document's program, and has a file of the right size and root for each of its planes. */
function requireSame(folder: string, index: ProgramIndex, { id, planes }: CommittedProgram): void {
  const refuse = (found: string): never => {
    throw new ExactError("program_malformed", `Program index of ${folder}: ${found}.`);
  };
  if (index.program !== id) refuse(`it is of program ${index.program}, the document of ${id}`);
  for (const name of index.planes.keys()) if (!planes.has(name)) refuse(`the document has no plane "${name}"`);
  for (const [name, plane] of planes) {
    const file = index.planes.get(name) ?? refuse(`it has no plane "${name}"`);
    const bytes = plane.rows * plane.rowBytes;
    if (file.bytes !== bytes) refuse(`plane "${name}" has ${file.bytes} bytes, not ${bytes}`);
    if (file.root !== plane.root) refuse(`plane "${name}" has root ${file.root}, not ${plane.root}`);
  }
}
