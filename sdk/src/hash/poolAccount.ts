import { type Address, getAddress, numberToHex } from "viem";
import { packUint } from "../bytes/pack.js";

/** Account that takes what no contributor earned: the Datanet's number as an address. */
export function poolAccount(datanet: bigint): Address {
  packUint("datanet", datanet, 64);
  return getAddress(numberToHex(datanet, { size: 20 }));
}

/** Whether an account is a pool's, at most 2⁶⁴ − 1, as the contracts decide it: no key can have so small an address. */
export function isPoolAccount(account: Address): boolean {
  return BigInt(account) < 1n << 64n;
}
