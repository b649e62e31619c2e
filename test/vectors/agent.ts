import { type Address, type Hex, keccak256, numberToHex, stringToHex } from "viem";
import { typedDigest } from "./slow.js";

const word = (value: bigint): Hex => numberToHex(value, { size: 32 });
const account = (text: string): Address => `0x${keccak256(stringToHex(text)).slice(26)}`;

/** Read by a Solidity test, as the documents beside it. */
export function agentDocument() {
  return { wallet: [0, 1].map(walletRow) };
}

function walletRow(i: number) {
  const row = {
    chainId: `${[31_337n, 10n][i]!}`,
    agentRegistry: account(`agents ${i}`),
    agentId: `${i + 1}`,
    newWallet: account(`wallet ${i}`),
    owner: account(`owner ${i}`),
    deadline: `${[1_900_000_000n, (1n << 256n) - 1n][i]!}`,
  };
  const type = "AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)";
  const words = [BigInt(row.agentId), BigInt(row.newWallet), BigInt(row.owner), BigInt(row.deadline)].map(word);
  const digest = typedDigest(BigInt(row.chainId), row.agentRegistry, type, words, "ERC8004IdentityRegistry");
  return { ...row, digest };
}
