import { BigInt } from "@graphprotocol/graph-ts";
import { Stream } from "../../generated/schema";
import { numberId } from "./ids";

/** Null when the stream was never created: no event of such a stream exists. */
export function loadStream(number: BigInt): Stream | null {
  return Stream.load(numberId(number));
}
