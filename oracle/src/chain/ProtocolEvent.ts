import type { Hex } from "viem";
import { storable } from "../store/storable.js";

/** Contracts whose events the oracle follows, by their names in a deployment. */
export type ProtocolContract =
  | "attributionOracle"
  | "contributionRegistry"
  | "datanetRegistry"
  | "datanetValidators"
  | "disputeManager"
  | "inferenceMarket"
  | "jury"
  | "modelRegistry"
  | "receiptCourt"
  | "receiptVerifier"
  | "stakingManager";

/** A value of an event's argument: integers of any width as decimal strings, hex in lower case, text that can be stored. */
export type EventValue = string | boolean | readonly EventValue[] | { readonly [name: string]: EventValue };

/** One decoded event at its place on the chain. */
export interface ProtocolEvent {
  readonly block: bigint;
  readonly blockHash: Hex;
  readonly logIndex: number;
  readonly transactionHash: Hex;
  readonly contract: ProtocolContract;
  readonly name: string;
  readonly args: Readonly<Record<string, EventValue>>;
}

/** Turns a decoded argument into what is stored. */
export function eventValue(value: unknown): EventValue {
  switch (typeof value) {
    case "bigint":
    case "number":
      return value.toString();
    case "boolean":
      return value;
    case "string":
      return /^0x[0-9a-fA-F]*$/.test(value) ? value.toLowerCase() : storable(value);
    case "object":
      if (Array.isArray(value)) return value.map(eventValue);
      if (value !== null) {
        return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, eventValue(member)]));
      }
  }
  throw new TypeError(`An event's argument is ${value === null ? "null" : typeof value}.`);
}
