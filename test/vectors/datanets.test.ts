import { readFileSync } from "node:fs";
import {
  commitmentHash,
  contributeDigest,
  contributionDigest,
  type Revocation,
  revocationsHash,
  scoresCommitDigest,
  scoresValue,
} from "@openledger/sdk";
import { describe, expect, it } from "vitest";
import { datanetDocument } from "./datanets.js";

const contractOf = (row: { chainId: string; contract: `0x${string}` }) => ({
  chainId: Number(row.chainId),
  contract: row.contract,
});

describe("the vectors of Datanets", () => {
  const vectors = datanetDocument();

  it("are what the definitions give", () => {
    const stored: unknown = JSON.parse(readFileSync(new URL("../../vectors/datanet.json", import.meta.url), "utf8"));
    expect(stored).toEqual(vectors);
  });

  it("hold for the sdk's hashes", () => {
    for (const row of vectors.contribution) {
      const contribution = {
        ...row,
        number: BigInt(row.number),
        datanet: BigInt(row.datanet),
        recordCount: Number(row.recordCount),
        rules: Number(row.rules),
        committedAt: BigInt(row.committedAt),
      };
      expect(contributionDigest(contribution)).toBe(row.digest);
    }
    const revoked: Revocation[] = [];
    for (const row of vectors.revocation) {
      revoked.push({ contribution: BigInt(row.contribution), index: Number(row.index) });
      expect(revocationsHash(revoked)).toBe(row.hash);
    }
    for (const row of vectors.commitment) {
      const scope = { ...contractOf(row), scope: row.scope };
      expect(commitmentHash(scope, row.participant, row.value, row.salt)).toBe(row.hash);
    }
    for (const row of vectors.scores) {
      const scores = (row.packed.slice(2).match(/.{4}/g) ?? []).map((digits) => Number(`0x${digits}`));
      expect(scoresValue(scores)).toBe(row.value);
    }
  });

  it("hold for the sdk's signatures", () => {
    for (const row of vectors.contribute) {
      const offer = {
        ...row,
        datanet: BigInt(row.datanet),
        recordCount: Number(row.recordCount),
        rules: Number(row.rules),
        nonce: BigInt(row.nonce),
        deadline: BigInt(row.deadline),
      };
      expect(contributeDigest(contractOf(row), offer)).toBe(row.digest);
    }
    for (const row of vectors.commit) {
      expect(scoresCommitDigest(contractOf(row), { ...row, deadline: BigInt(row.deadline) })).toBe(row.digest);
    }
  });
});
