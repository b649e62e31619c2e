import { domainHash, leafHash, loadKeccak, merkleRoot } from "@openledger/sdk";
import { expect, test } from "vitest";
import { hexBytes } from "../hex.js";
import { LeafRoot } from "./LeafRoot.js";

const keccak = await loadKeccak();

test.each([0, 1, 2, 3, 5, 4095, 4096, 4097, 8192, 12_289])("the root of %d leaves is that of any tree", (count) => {
  const payloads = Array.from({ length: count }, (_, i) => Uint8Array.of(i, i >> 8, 7).subarray(0, 1 + (i % 3)));
  const tree = new LeafRoot(keccak, "IndexPostings");
  for (const payload of payloads) tree.add(payload);

  const domain = domainHash("IndexPostings");
  const leaves = payloads.map((payload) => leafHash(domain, payload));
  expect(tree.root()).toBe(merkleRoot(domain, leaves));
});

test.each([1, 2, 5, 4096, 8195])("the root of %d leaves is the same when some are given by their hashes", (count) => {
  const domain = domainHash("IndexRecord");
  const leaves = Array.from({ length: count }, (_, i) => leafHash(domain, Uint8Array.of(i, i >> 8)));
  const tree = new LeafRoot(keccak, "IndexRecord");
  for (const [i, leaf] of leaves.entries()) {
    if (i % 3 === 0 || i === 4095) tree.addHash(hexBytes(leaf));
    else tree.add(Uint8Array.of(i, i >> 8));
  }
  expect(tree.root()).toBe(merkleRoot(domain, leaves));
});
