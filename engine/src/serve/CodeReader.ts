import type { PositionCodes } from "../attribute/codes.js";
import { codesOfRun } from "../attribute/codesOfRun.js";
import type { CommittedProgram } from "../exact/document/CommittedProgram.js";
import { checkPass } from "./checkPass.js";
import { RuntimeError } from "./errors.js";
import type { ProgramSessions } from "./ProgramSessions.js";
import type { PassRequest } from "./protocol.js";

/** Reads what attribution needs of a text by one run of the frozen base's program: equal bits on every machine. */
export class CodeReader {
  constructor(
    private readonly base: CommittedProgram,
    private readonly sessions: ProgramSessions,
  ) {}

  /** @throws RuntimeError `attribution_missing` when the base has no attribution file; `context_exceeded`, `invalid_request` */
  async codes(request: PassRequest): Promise<PositionCodes> {
    const { program } = this.base;
    if (program.codes === undefined) {
      throw new RuntimeError("attribution_missing", "the base's manifest names no attribution file; fit one first");
    }
    checkPass(program.shape, request);
    const { ids, before, from } = request;
    const { endToken } = program.shape;
    if (ids.length <= from) return { ids: new Uint32Array(), surprises: new Uint8Array(), codes: new Uint8Array() };
    const { exact, tables, done } = await this.sessions.of(program);
    try {
      const { logits, signs } = await exact.run({
        tokens: [before ?? endToken, ...ids.slice(0, -1)],
        count: 1,
        wanted: Array.from({ length: ids.length - from }, (_, i) => from + i),
        tables,
      });
      return codesOfRun(program, { logits, signs }, ids.slice(from));
    } finally {
      done();
    }
  }
}
