import type { Address } from "viem";
import { describe, expect, it } from "vitest";
import { type Grant, grantLeaf } from "../hash/grant.js";
import { domainHash } from "../merkle/domain.js";
import { verifyMerkleProof } from "../merkle/verifyMerkleProof.js";
import { SCHEDULES } from "../units/allocation.js";
import { grantTree } from "./grantTree.js";

const account = (value: number): Address => `0x${value.toString(16).padStart(40, "0")}`;
const grant = (beneficiary: number, amount: bigint): Grant => ({
  allocation: "team",
  beneficiary: account(beneficiary),
  amount,
});
const { total } = SCHEDULES.team;

describe("grantTree", () => {
  it("proves each grant at its place", () => {
    const grants = [grant(1, 1n), grant(2, 7n), grant(1, total - 8n)];
    const tree = grantTree("team", grants);

    for (const [index, each] of grants.entries()) {
      expect(verifyMerkleProof(domainHash("Grant"), tree.root, grantLeaf(each), tree.proof(index))).toBe(true);
    }
  });

  it.each([
    ["a base unit short", [grant(1, total - 1n)], /sum of amounts/],
    ["a base unit over", [grant(1, total), grant(2, 1n)], /sum of amounts/],
    ["nothing to anybody", [], /sum of amounts/],
    ["nothing to somebody", [grant(1, total), grant(2, 0n)], /amount: expected more than 0/],
    ["something to nobody", [grant(0, total)], /beneficiary/],
    [
      "another allocation's grant",
      [{ ...grant(1, total), allocation: "investors" as const }],
      /allocation: expected team/,
    ],
  ])("refuses to give %s", (_, grants, message) => {
    expect(() => grantTree("team", grants)).toThrow(message);
  });
});
