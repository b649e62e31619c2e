import { bytesToHex, type Hex } from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";

const mnemonic = "test test test test test test test test test test test junk";

/** Key of one of the local chain's well-known accounts. */
export function testKey(index: number): Hex {
  return bytesToHex(mnemonicToAccount(mnemonic, { addressIndex: index }).getHdKey().privateKey as Uint8Array);
}

export function testAccount(index: number) {
  return privateKeyToAccount(testKey(index));
}
