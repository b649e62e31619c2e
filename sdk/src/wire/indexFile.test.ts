import type { Hex } from "viem";
import { describe, expect, it } from "vitest";
import { canonicalJson, type JsonValue } from "./canonicalJson.js";
import { decodeIndexFile, encodeIndexFile, type IndexFile, MAX_INDEX_FILE_BYTES } from "./indexFile.js";
import { FILE_PART_BYTES } from "./partedFile.js";

const word = (digits: string): Hex => `0x${digits.repeat(32)}`;

const file: IndexFile = {
  baseWeightsRoot: word("01"),
  attributionHash: word("02"),
  recordsRoot: word("03"),
  postingsRoot: word("04"),
  floors: [900, 800, 800, 70, 60, 5, 4, 3, 1],
  thresholds: { sha256: word("05"), byteLength: 12, parts: [word("05")] },
  segments: [
    { records: 2000, sha256: word("06"), byteLength: FILE_PART_BYTES + 1, parts: [word("07"), word("08")] },
    { records: 1, sha256: word("09"), byteLength: 40, parts: [word("09")] },
  ],
};

/** Of it two records were erased, and three blocks of postings lost some. */
const erased: IndexFile = {
  ...file,
  tombstones: { records: 2, sha256: word("0c"), byteLength: 16 + 2 * 36 + 3 * 44, parts: [word("0c")] },
};

/** A file with one of its members, named by where it stands, changed. */
function changed(place: string, value: JsonValue | undefined, of = file): Uint8Array {
  const members = JSON.parse(new TextDecoder().decode(encodeIndexFile(of)));
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

  it("tells what stands for erased records, and says nothing of it where none was", () => {
    expect(decodeIndexFile(encodeIndexFile(erased))).toEqual(erased);
    expect(new TextDecoder().decode(encodeIndexFile(file))).not.toContain("tombstones");
    expect(decodeIndexFile(encodeIndexFile(file))).not.toHaveProperty("tombstones");
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

  it.each<[string, string, JsonValue | undefined, string]>([
    ["none", "tombstones.records", 0, "at tombstones.records"],
    ["more than it has", "tombstones.records", 2002, "at tombstones.records: expected a whole number from 1 to 2001"],
    ["an unknown number", "tombstones.records", undefined, "at tombstones.records"],
    ["nothing", "tombstones", null, "at tombstones"],
    ["fewer bytes than they take", "tombstones.byteLength", 87, "at tombstones.byteLength"],
    ["more bytes than they can take", "tombstones.byteLength", 88 + 513 * 44, "at tombstones.byteLength"],
    ["part of a block", "tombstones.byteLength", 88 + 43, "at tombstones.byteLength: expected 88 and 44 a block"],
    ["a part too many", "tombstones.parts", [word("0c"), word("0d")], "at tombstones.parts"],
    ["a name that leaves its folder", "tombstones.sha256", "../lock", "at tombstones.sha256"],
  ])("is refused for tombstones of %s", (_, member, value, told) => {
    expect(() => decodeIndexFile(changed(member, value, erased))).toThrow(told);
  });

  it("takes as many blocks as erased records can have had", () => {
    const byteLength = 88 + 512 * 44;
    const full = { ...erased, tombstones: { ...erased.tombstones!, byteLength } };
    expect(decodeIndexFile(encodeIndexFile(full))).toEqual(full);
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
