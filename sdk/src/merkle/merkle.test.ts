import fc from "fast-check";
import { concat, type Hex, keccak256, numberToHex, stringToBytes } from "viem";
import { describe, expect, it } from "vitest";
import { domainHash } from "./domain.js";
import { MerkleFrontier } from "./MerkleFrontier.js";
import { MerkleTree } from "./MerkleTree.js";
import { merkleProof } from "./merkleProof.js";
import { merkleRoot } from "./merkleRoot.js";
import { leafHash } from "./node.js";
import { treeDepth } from "./treeDepth.js";
import { firstDifference, KnownNodes, PositionalNodes, siblingsBefore } from "./treeDifference.js";
import { verifyMerkleProof } from "./verifyMerkleProof.js";

const domain = domainHash("Record");
const leavesOf = (count: number): Hex[] =>
  Array.from({ length: count }, (_, i) => keccak256(numberToHex(i, { size: 8 })));

/** The definition, read off: pad to a power of two, halve, hash. */
function naiveTop(leaves: readonly Hex[]): Hex {
  const zero: Hex = `0x${"00".repeat(32)}`;
  if (leaves.length === 0) return zero;
  let size = 1;
  while (size < leaves.length) size *= 2;
  const padded = [...leaves, ...Array.from({ length: size - leaves.length }, () => zero)];
  const top = (part: readonly Hex[]): Hex =>
    part.length === 1
      ? part[0]!
      : keccak256(concat(["0x01", top(part.slice(0, part.length / 2)), top(part.slice(part.length / 2))]));
  return top(padded);
}

describe("merkle", () => {
  it("names a domain by its text", () => {
    expect(domain).toBe(keccak256(stringToBytes("OpenLedger.Record.v1")));
    expect(leafHash(domain, Uint8Array.of(7, 8))).toBe(keccak256(concat(["0x00", domain, "0x0708"])));
  });

  it("has the depth that the next power of two needs", () => {
    expect([0, 1, 2, 3, 4, 5, 8, 9].map(treeDepth)).toEqual([0, 0, 1, 2, 2, 3, 3, 4]);
    expect(treeDepth((1n << 64n) - 1n)).toBe(64);
  });

  it("agrees with the definition for every count, streamed or whole", () => {
    const frontier = new MerkleFrontier(domain);
    for (let count = 0; count <= 33; count++) {
      const leaves = leavesOf(count);
      const expected = keccak256(concat(["0x02", domain, numberToHex(count, { size: 8 }), naiveTop(leaves)]));

      expect(merkleRoot(domain, leaves)).toBe(expected);
      expect(new MerkleTree(domain, leaves).root).toBe(expected);
      expect(frontier.root()).toBe(expected);
      frontier.append(keccak256(numberToHex(count, { size: 8 })));
    }
  });

  it("proves every leaf and nothing else", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (count, a, b) => {
        const leaves = leavesOf(count);
        const tree = new MerkleTree(domain, leaves);
        const index = a % count;
        const proof = tree.proof(index);

        expect(proof).toEqual(merkleProof(leaves, index));
        expect(verifyMerkleProof(domain, tree.root, leaves[index]!, proof)).toBe(true);

        const other = b % (count + 2);
        if (other !== index) {
          expect(verifyMerkleProof(domain, tree.root, leaves[index]!, { ...proof, index: other })).toBe(false);
        }
        expect(verifyMerkleProof(domain, tree.root, leaves[index]!, { ...proof, count: proof.count + 1n })).toBe(false);
        expect(verifyMerkleProof(domainHash("Credit"), tree.root, leaves[index]!, proof)).toBe(false);
        expect(verifyMerkleProof(domain, tree.root, keccak256("0x"), proof)).toBe(false);
      }),
    );
  });

  it("finds the leftmost leaf that differs by openings alone, and what opens the one before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (count, a, b) => {
        const leaves = leavesOf(count);
        const first = Math.min(a % count, b % count);
        const other = leaves.map((leaf, at) => (at === first || at === b % count ? keccak256(leaf) : leaf));
        const tree = new MerkleTree(domain, other);
        const whole = new PositionalNodes(leaves, treeDepth(count));
        const known = new KnownNodes(treeDepth(count));

        let place = firstDifference(whole, known)!;
        for (let asked = 0; place.level > 0 && asked <= treeDepth(count); asked++) {
          const at = place.index * 2 ** place.level;
          known.add(other[at]!, tree.proof(at));
          place = firstDifference(whole, known)!;
        }

        expect(place).toEqual({ level: 0, index: first });
        if (first > 0) {
          const siblings = siblingsBefore(first, other[first]!, tree.proof(first), whole);
          expect(siblings).toEqual(tree.proof(first - 1).siblings);
        }
      }),
    );
  });

  it("refuses a proof of the wrong length and a place outside, without throwing", () => {
    const tree = new MerkleTree(domain, leavesOf(5));
    const proof = tree.proof(4);

    expect(verifyMerkleProof(domain, tree.root, leavesOf(5)[4]!, { ...proof, siblings: proof.siblings.slice(1) })).toBe(
      false,
    );
    expect(verifyMerkleProof(domain, tree.root, leavesOf(5)[4]!, { ...proof, index: -1n })).toBe(false);
    expect(verifyMerkleProof(domain, tree.root, leavesOf(5)[4]!, { ...proof, count: 1.5 })).toBe(false);
    expect(() => tree.proof(5)).toThrow(/less than 5/);
  });
});
