import { decodeFunctionData, pad } from "viem";
import { expect, test } from "vitest";
import { attributionVerifierAbi } from "../abi/generated/attributionVerifier.js";
import {
  type AttributionCase,
  attributionCall,
  attributionProof,
  type OpenedElement,
  type RecordStatement,
  recordCall,
  windowsOver,
} from "./attributionProof.js";

const leaf = (op: number, part: number, ...bytes: number[]) => ({
  op,
  position: 4,
  part,
  bytes: Uint8Array.from(bytes),
  siblings: [new Uint8Array(32).fill(op)],
});

const OPENED: OpenedElement = {
  leaf: leaf(20, 1, 7, 0, 0, 0, 8, 0, 0, 0),
  element: 1,
  inputs: [leaf(10, 0, 255), leaf(11, 3, 1)],
  parts: [{ bytes: Uint8Array.of(9), siblings: [] }],
};

const link = { op: 2 ** 32 - 1, records: 0 };
const weighing = { own: 30, before: link, last: link, credit: 40 };
const plane = { id: pad("0x1"), root: pad("0x2") };

const CASE: AttributionCase = {
  kind: "similarity",
  trace: { root: pad("0x3"), id: pad("0x4"), count: 99n },
  outline: {
    codes: 10,
    surprise: 11,
    similarity: 20,
    continuity: 21,
    plain: weighing,
    carried: weighing,
    surprises: { eight: 50, sixtyFour: 51 },
    credited: { eight: 52, sixtyFour: 53 },
    records: 300,
    positions: 2,
    vocabulary: 5,
    entries: plane,
    postings: plane,
    thresholds: plane,
  },
  following: undefined,
  proof: attributionProof(OPENED, ({ op, part }) => 100 * op + part),
};

test("an opened element is a claim, its inputs and its parts, each leaf with its index", () => {
  expect(CASE.proof).toEqual({
    claim: {
      op: 20,
      position: 4,
      part: 1,
      element: 1,
      leaf: { index: 2001n, data: "0x0700000008000000", siblings: [`0x${"14".repeat(32)}`] },
    },
    inputs: [
      { index: 1000n, data: "0xff", siblings: [`0x${"0a".repeat(32)}`] },
      { index: 1103n, data: "0x01", siblings: [`0x${"0b".repeat(32)}`] },
    ],
    parts: [{ data: "0x09", siblings: [] }],
  });
});

test.each([
  [undefined, -1n],
  [0, 0n],
  [4, 4n],
])("a similarity is called with the token that follows: %s", (following, expected) => {
  const { functionName, args } = decodeFunctionData({
    abi: attributionVerifierAbi,
    data: attributionCall({ ...CASE, following }),
  });

  expect(functionName).toBe("proveSimilarity");
  const { claim, inputs, parts } = CASE.proof;
  expect(args).toEqual([CASE.trace, CASE.outline, claim, expected, inputs, parts]);
});

test.each([
  ["denominator", "proveDenominator"],
  ["credit", "proveCredit"],
  ["continuity", "proveContinuity"],
  ["window", "proveWindow"],
] as const)("a %s is called without parts of tables", (kind, name) => {
  const { functionName, args } = decodeFunctionData({
    abi: attributionVerifierAbi,
    data: attributionCall({ ...CASE, kind }),
  });

  expect(functionName).toBe(name);
  expect(args).toEqual([CASE.trace, CASE.outline, CASE.proof.claim, CASE.proof.inputs]);
});

test("a record is called with what the receipt commits to and the leaves of each pass", () => {
  const statement: RecordStatement = {
    attributionHash: pad("0x5"),
    attribution: { shares: [], recordsHash: pad("0x6"), methodHash: pad("0x7") },
    records: [],
    roots: [pad("0x8")],
    index: {
      floors: [9, 8, 7, 6, 5, 4, 3, 2, 1],
      baseWeightsRoot: pad("0x9"),
      attributionHash: pad("0xa"),
      recordsRoot: pad("0xb"),
      postingsRoot: pad("0xc"),
    },
    record: { datanet: 1n, version: 2, place: 0n, recordIndex: 3n },
  };
  const { leaf } = CASE.proof.claim;
  const passes = [{ trace: CASE.trace, first: 5, count: 1, credits: [leaf], weights: CASE.proof.inputs }];
  const { functionName, args } = decodeFunctionData({
    abi: attributionVerifierAbi,
    data: recordCall(statement, CASE.outline, passes),
  });

  expect(functionName).toBe("proveRecord");
  expect(args).toEqual([statement, CASE.outline, passes]);
});

test("an answer's tokens are added from the last one back, by as many as one leaf adds", () => {
  expect(windowsOver(5, 73)).toEqual([
    { position: 77, terms: 64 },
    { position: 13, terms: 8 },
    { position: 5, terms: 1 },
  ]);
  expect(windowsOver(0, 1)).toEqual([{ position: 0, terms: 1 }]);
  expect(windowsOver(9, 0)).toEqual([]);
  expect(windowsOver(0, 255)).toHaveLength(3 + 7 + 7);
});
