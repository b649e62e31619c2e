import type { Abi } from "viem";
import { describe, expect, it } from "vitest";
import { burnQueueAbi, genesisAbi, openTokenAbi, openTokenL2Abi } from "./index.js";

/** The functions that change anything, by name. */
const doorsOf = (abi: Abi): string[] =>
  abi.flatMap((item) => (item.type === "function" && /payable$/.test(item.stateMutability) ? [item.name] : [])).sort();

const ERC20 = ["approve", "permit", "transfer", "transferFrom"];
const ERC3009 = ["cancelAuthorization", "receiveWithAuthorization", "transferWithAuthorization"];

/** Sweeps, owners and upgrades would show here: what has no function cannot be called. */
describe("immutable contracts have no other door than", () => {
  it.each([
    ["claims and moves of grants", genesisAbi, ["claim", "moveGrant"]],
    ["the flush", burnQueueAbi, ["flush"]],
    ["the standards and burning", openTokenAbi, [...ERC20, ...ERC3009, "burn", "burnFrom"]],
    [
      "the standards and the bridges'",
      openTokenL2Abi,
      [...ERC20, ...ERC3009, "burn", "crosschainBurn", "crosschainMint", "mint"],
    ],
  ])("%s", (_, abi, doors) => {
    expect(doorsOf(abi as Abi)).toEqual([...doors].sort());
    expect((abi as Abi).filter((item) => item.type === "receive" || item.type === "fallback")).toEqual([]);
  });
});
