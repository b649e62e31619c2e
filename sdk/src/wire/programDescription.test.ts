import { type Hex, keccak256, stringToHex } from "viem";
import { describe, expect, it } from "vitest";
import { programRoot } from "../hash/program.js";
import { programId } from "../hash/programId.js";
import { EXACT_ENGINE, isRegisteredProgram, programDescription } from "./programDescription.js";

const word = (name: string): Hex => keccak256(stringToHex(name));

describe("the description of an exact program", () => {
  const parts = {
    engine: EXACT_ENGINE,
    architecture: { hidden_size: 8, rms_norm_eps: 1e-5 },
    tokenizerHash: word("tokenizer"),
    baseRoot: word("base"),
    adapterRoot: null,
  };
  const document = { ops: [{ kind: "embed", table: "embedding" }] };
  const registered = programRoot(programDescription({ ...parts, programId: programId(document) }));

  it("names the program of its document and no other", () => {
    expect(isRegisteredProgram(registered, parts, document)).toBe(true);
    expect(isRegisteredProgram(registered.toUpperCase().replace("0X", "0x") as Hex, parts, document)).toBe(true);
    expect(isRegisteredProgram(registered, parts, { ops: [] })).toBe(false);
    expect(isRegisteredProgram(registered, { ...parts, adapterRoot: word("adapter") }, document)).toBe(false);
    expect(isRegisteredProgram(programId(document), parts, document)).toBe(false);
  });

  it("leaves the root of a float model as it was", () => {
    const text =
      `{"adapter":null,"architecture":{"hidden_size":8,"rms_norm_eps":"0.00001"},"base":"${word("base")}",` +
      `"engine":"x","format":"openledger.program/1","tokenizer":"${word("tokenizer")}"}`;
    expect(programRoot(programDescription({ ...parts, engine: "x" }))).toBe(keccak256(stringToHex(text)));
  });
});
