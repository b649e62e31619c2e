import type { Hex } from "viem";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonicalJson.js";
import {
  decodeGradientsFile,
  encodeGradientsFile,
  type GradientsFile,
  MAX_GRADIENTS_FILE_BYTES,
} from "./gradientsFile.js";
import { FILE_PART_BYTES } from "./partedFile.js";

const word = (digits: string): Hex => `0x${digits.repeat(32)}`;

const file: GradientsFile = {
  basisRoot: word("01"),
  sketchesRoot: word("02"),
  basis: { sha256: word("03"), byteLength: 500, parts: [word("03")] },
  sketches: { sha256: word("04"), byteLength: FILE_PART_BYTES + 1, parts: [word("05"), word("06")] },
};
const text = new TextDecoder().decode(encodeGradientsFile(file));
const bytesOf = (changed: string) => new TextEncoder().encode(changed);

describe("gradients file", () => {
  it("is read as it was written", () => {
    expect(decodeGradientsFile(encodeGradientsFile(file))).toEqual(file);
  });

  it.each<[string, string, string]>([
    ["another format", text.replace("gradients/1", "gradients/2"), "format"],
    ["a part too few", text.replace(`,"${word("06")}"`, ""), "sketches.parts"],
    ["a whole that is not its only part", text.replace(word("03"), word("07")), "basis.parts"],
    ["a length that no file has", text.replace("500", "-1"), "basis.byteLength"],
    ["a root that is none", text.replace(word("02"), "0x02"), "sketchesRoot"],
    ["further members", canonicalJson({ ...JSON.parse(text), more: 1 }), "no others"],
    ["a second spelling", text.replace(":", ": "), "canonical"],
  ])("refuses %s", (_, changed, named) => {
    expect(changed).not.toBe(text);
    expect(() => decodeGradientsFile(bytesOf(changed))).toThrow(named);
  });

  it("refuses what is larger than any", () => {
    expect(() => decodeGradientsFile(new Uint8Array(MAX_GRADIENTS_FILE_BYTES + 1))).toThrow("at most 4194304 bytes");
  });
});
