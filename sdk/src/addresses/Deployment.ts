import { type Address, getAddress, isAddress } from "viem";
import { MalformedDocumentError } from "../errors/MalformedDocumentError.js";

/** The contracts of a deployment. */
export const CONTRACT_NAMES = [
  "accessManager",
  "openToken",
  "burnQueue",
  "stakingManager",
  "gOpen",
  "openGovernor",
  "treasury",
  "emergencyBrake",
  "datanetRegistry",
  "contributionRegistry",
  "datanetValidators",
  "modelRegistry",
  "rewardDistributor",
  "receiptCourt",
  "receiptVerifier",
  "epochCourt",
  "attributionOracle",
  "inferenceMarket",
  "agentRegistry",
  "agentReputation",
  "jury",
  "disputeManager",
] as const;

export type ContractName = (typeof CONTRACT_NAMES)[number];

/** One deployment of the protocol, as the deploy script writes it: the only source of addresses. */
export type Deployment = {
  readonly chainId: number;
  /** First block that can hold an event of these contracts. */
  readonly startBlock: number;
  readonly treasury: Address;
  readonly security: Address;
  /** Stream of the distributor into which data parts are paid. */
  readonly dataStream: bigint;
  readonly addresses: Readonly<Record<ContractName, Address>>;
};

/** @param json Parsed deployment file. @throws MalformedDocumentError naming the field. */
export function parseDeployment(json: unknown): Deployment {
  const root = object(json, "");
  const addresses = object(root.addresses, "addresses");
  return {
    chainId: count(root.chainId, "chainId"),
    startBlock: count(root.startBlock, "startBlock"),
    treasury: address(root.treasury, "treasury"),
    security: address(root.security, "security"),
    dataStream: BigInt(count(root.dataStream, "dataStream")),
    addresses: Object.fromEntries(
      CONTRACT_NAMES.map((name) => [name, address(addresses[name], `addresses.${name}`)]),
    ) as Deployment["addresses"],
  };
}

function object(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw wrong(path, "an object", value);
  return value as Record<string, unknown>;
}

function count(value: unknown, path: string): number {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0) throw wrong(path, "a count", value);
  return number;
}

function address(value: unknown, path: string): Address {
  if (typeof value !== "string" || !isAddress(value, { strict: false })) throw wrong(path, "an address", value);
  return getAddress(value);
}

function wrong(path: string, expected: string, found: unknown): MalformedDocumentError {
  return new MalformedDocumentError("deployment", path, `expected ${expected}, found ${JSON.stringify(found)}`);
}
