import type { Hex } from "viem";
import type { EventValue } from "../chain/ProtocolEvent.js";
import type { Row } from "./Database.js";

/** A followed event as the database has it. */
export interface EventRow extends Row {
  readonly block: string;
  readonly block_hash: Hex;
  readonly name: string;
  readonly args: Readonly<Record<string, EventValue>>;
}

/** A tuple among an event's arguments. */
export type Stored = { readonly [name: string]: EventValue };
