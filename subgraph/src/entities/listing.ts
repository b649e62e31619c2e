import { Address, Bytes, ethereum } from "@graphprotocol/graph-ts";
import { DatanetListing } from "../../generated/schema";

/** Writes accounts that were put on a Datanet's list, or taken from it. @param kind contributor or validator. */
export function saveListings(
  event: ethereum.Event,
  datanet: Bytes,
  kind: string,
  accounts: Address[],
  isListed: boolean,
): void {
  for (let i = 0; i < accounts.length; i++) {
    const listing = new DatanetListing(datanet.concat(accounts[i]).concat(Bytes.fromUTF8(kind)));
    listing.datanet = datanet;
    listing.account = accounts[i];
    listing.kind = kind;
    listing.isListed = isListed;
    listing.changedAt = event.block.timestamp;
    listing.transaction = event.transaction.hash;
    listing.save();
  }
}
