import type { Hex } from "viem";
import { describe, expect, it } from "vitest";
import { canonicalJson, type JsonValue } from "./canonicalJson.js";
import {
  decodeIndexFile,
  encodeIndexFile,
  INDEX_PART_BYTES,
  type IndexFile,
  MAX_INDEX_FILE_BYTES,
} from "./indexFile.js";

const word = (digits: string): Hex => `0x${digits.repeat(32)}`;

const file: IndexFile = {
  baseWeightsRoot: word("01"),
  attributionHash: word("02"),
  recordsRoot: word("03"),
  postingsRoot: word("04"),
  floors: [900, 800, 800, 70, 60, 5, 4, 3, 1],
  thresholds: { sha256: word("05"), byteLength: 12, parts: [word("05")] },
  segments: [
    { records: 2000, sha256: word("06"), byteLength: INDEX_PART_BYTES + 1, parts: [word("07"), word("08")] },
    { records: 1, sha256: word("09"), byteLength: 40, parts: [word("09")] },
  ],
};

/** The file with one of its members, named by where it stands, changed. */
function changed(place: string, value: JsonValue | undefined): Uint8Array {
  const members = JSON.parse(new TextDecoder().decode(encodeIndexFile(file)));
  const names = place.split(".");
  const last = names.pop()!;
  // biome-ignore lint/suspicious/noExplicitAny: members of any depth.
  names.reduce((inner: any, name) => inner[name], members)[last] = value;
  return new TextEncoder().encode(canonicalJson(members));
}

describe("an index file", () => {
  it("is read as it was written", () => {
    expect(decodeIndexFile(encodeIndexFile(file))).toEqual(file);
    const none = { ...file, segments: [], thresholds: { sha256: word("0a"), byteLength: 0, parts: [] } };
    expect(decodeIndexFile(encodeIndexFile(none))).toEqual(none);
  });

  it("has one spelling", () => {
    const text = new TextDecoder().decode(encodeIndexFile(file));
    for (const other of [` ${text}`, text.replace("0x01", "0X01"), text.replace(word("06"), word("AB"))]) {
      expect(() => decodeIndexFile(new TextEncoder().encode(other))).toThrow(/index file/);
    }
    const more = changed("root", word("0b"));
    expect(() => decodeIndexFile(more)).toThrow("expected canonical JSON of the format's members and no others");
  });

  it.each<[string, string, JsonValue | undefined, string]>([
    ["another format", "format", "openledger.index/2", "at format"],
    ["no root", "recordsRoot", undefined, "at recordsRoot"],
    ["a short root", "postingsRoot", "0x12", "at postingsRoot"],
    ["eight floors", "floors", [8, 7, 6, 5, 4, 3, 2, 1], "at floors: expected 9 items"],
    ["a floor that rises", "floors", [1, 2, 2, 2, 2, 2, 2, 2, 2], "at floors"],
    ["a floor of nothing", "floors.8", 0, "at floors[8]"],
    ["a floor above all", "floors.0", 65_537, "at floors[0]"],
    ["half a threshold", "thresholds.byteLength", 13, "at thresholds.byteLength"],
    ["too many thresholds", "thresholds.byteLength", 2 ** 25 + 2, "at thresholds.byteLength"],
    ["a segment of no records", "segments.0.records", 0, "at segments[0].records"],
    ["a segment of too many records", "segments.0.records", 65_537, "at segments[0].records"],
    ["a count in words", "segments.1.records", "1", "at segments[1].records"],
    ["more bytes than its records can have", "segments.1.byteLength", 7977, "at segments[1].byteLength"],
    ["fewer bytes than its records have", "segments.1.byteLength", 39, "at segments[1].byteLength"],
    ["a huge size", "segments.1.byteLength", Number.MAX_SAFE_INTEGER, "at segments[1].byteLength"],
    ["a part too few", "segments.0.parts", [word("07")], "at segments[0].parts: expected 2 items"],
    ["a part too many", "segments.1.parts", [word("09"), word("09")], "at segments[1].parts"],
    ["a part that is not the whole", "segments.1.parts.0", word("08"), "at segments[1].parts"],
    ["a name that leaves its folder", "segments.0.sha256", "../../index.json", "at segments[0].sha256"],
    ["a part that is a path", "segments.0.parts.1", "/etc/passwd", "at segments[0].parts[1]"],
    ["too many segments", "segments", new Array(1025).fill(null), "at segments: expected at most 1024, found 1025"],
    ["no list of segments", "segments", { length: 1 }, "at segments: expected an array"],
  ])("is refused for %s", (_, member, value, told) => {
    expect(() => decodeIndexFile(changed(member, value))).toThrow(told);
  });

  it("is refused unread above its bound", () => {
    const long = new Uint8Array(MAX_INDEX_FILE_BYTES + 1);
    expect(() => decodeIndexFile(long)).toThrow(`at most ${MAX_INDEX_FILE_BYTES} bytes`);
    expect(() => decodeIndexFile(Uint8Array.of(0xff, 0x7b))).toThrow("expected UTF-8 JSON");
  });

  it("is not written when nobody could read it", () => {
    expect(() => encodeIndexFile({ ...file, floors: [] })).toThrow("at floors");
  });
});
