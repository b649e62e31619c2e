import { domainHash, leafHash, loadKeccak, merkleRoot } from "@openledger/sdk";
import { expect, test } from "vitest";
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
