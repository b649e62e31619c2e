/**
 * Who may have something erased.
 *
 * ERASERS, whom the store's operator names, anything. A CONTRIBUTOR, records of its own contribution once they earn nothing in
 * versions to come: the chain says whose it is, that it was withdrawn, rejected or revoked or, while it is accepted, that each of the
 * records was revoked. So must every other contribution of the same account that has the same records, for a file may have been
 * contributed twice, and a redacted one has its original's root: else the one would starve the other.
 */
import {
  ALL_RECORDS,
  type Contribution,
  type ErasureRequest,
  erasureDigest,
  loadKeccak,
  MAX_ERASED_RECORDS,
} from "@openledger/sdk";
import { type Address, type Hex, isAddressEqual, recoverAddress } from "viem";
import { StoreError } from "../StoreError.js";
import type { ErasureChain } from "./ErasureChain.js";
import type { ErasureTarget } from "./ErasureTarget.js";
import { tooManyRecords } from "./redactFile.js";

export interface ErasureAuthorityOptions {
  /** May have anything erased. */
  readonly erasers: readonly Address[];
  /** The chain whose signatures are taken. @throws StoreError `chain_unavailable` */
  readonly chainId: () => Promise<number>;
  /** Undefined: contributors have nothing erased here. */
  readonly chain: ErasureChain | undefined;
}

/** Most other contributions of an account with the same records that the chain is asked about. */
const mostOthers = 256;

type RecordsRequest = Extract<ErasureRequest, { readonly type: "EraseRecords" }>;

export class ErasureAuthority {
  constructor(private readonly options: ErasureAuthorityOptions) {}

  /**
   * Resolves where the signature is one of somebody who may. What is dear comes last: a stranger's order costs no more than a look
   * at the chain, a contributor's no file where its own contribution is not over.
   *
   * @param target What stands for the content, read when it matters: undefined where nothing does. Contributor and number of
   * records are as the chain has them.
   * @throws StoreError `not_allowed` that says what is missing, `too_many_records`, `chain_unavailable`; and what `target` throws
   */
  async permit(
    request: ErasureRequest,
    target: (own: Pick<Contribution, "contributor" | "recordCount">) => Promise<ErasureTarget | undefined>,
  ): Promise<void> {
    const keccak = await loadKeccak();
    const stores = { chainId: await this.options.chainId() };
    // Anyone can send the longest list: it must not hold the thread.
    const digest = erasureDigest(stores, request, (bytes) => keccak.hash(bytes));
    const signer = await signerOf(digest, request.signature);
    if (signer !== undefined && this.options.erasers.some((eraser) => isAddressEqual(eraser, signer))) return;
    const by = signer === undefined ? "The signature is of no key" : `The signature is of ${signer}`;
    const { chain } = this.options;
    if (request.type === "EraseContent" || chain === undefined) {
      const asked = request.type === "EraseContent" ? "a file" : "records";
      throw notAllowed(`${by}, which is no eraser of this store: none but those may have ${asked} erased here.`);
    }
    const own = await ownContribution(chain, request, digest, signer);
    const { number, recordCount } = own;
    if (recordCount > MAX_ERASED_RECORDS) throw tooManyRecords(`Contribution ${number}`);
    const { records } = request.order;
    const places = records.length > 0 ? records : Array.from({ length: recordCount }, (_, place) => place);
    await assertOver(chain, own, places);
    const found = await target(own);
    if (found === undefined) return;
    for (const other of await othersOf(chain, own, found)) await assertOver(chain, other, places);
  }
}

/** The contribution of an order that its contributor has signed. @throws StoreError `not_allowed` */
async function ownContribution(
  chain: ErasureChain,
  { order, signature }: RecordsRequest,
  digest: Hex,
  signer: Address | undefined,
): Promise<Contribution> {
  const contribution = await chain.contribution(order.contribution);
  if (contribution === undefined) throw notAllowed(`The chain has no contribution ${order.contribution}.`);
  const { number, contributor, dataHash } = contribution;
  if (dataHash !== order.content) {
    throw notAllowed(`Contribution ${number} has the file ${dataHash} on the chain, not ${order.content}.`);
  }
  const isOwn = signer !== undefined && isAddressEqual(signer, contributor);
  if (isOwn || (await chain.isSignatureOf(contributor, digest, signature))) return contribution;
  throw notAllowed(
    `The signature is of ${signer ?? "no key"}, contribution ${number} is of ${contributor}: sign this very order, for this chain.`,
  );
}

/** The account's other contributions of the same records. @throws StoreError `not_allowed` where the file is another's */
async function othersOf(chain: ErasureChain, own: Contribution, file: ErasureTarget): Promise<readonly Contribution[]> {
  // Anyone can commit to the hash of another's file.
  if (!isAddressEqual(file.contributor, own.contributor)) {
    throw notAllowed(
      `The file says that it is of ${file.contributor}; contribution ${own.number} is of ${own.contributor}.`,
    );
  }
  const others = (await chain.contributionsOf(own.contributor)).filter(
    ({ number, dataHash, recordsRoot }) =>
      number !== own.number && (dataHash === own.dataHash || recordsRoot === file.recordsRoot),
  );
  if (others.length <= mostOthers) return others;
  throw notAllowed(
    `${others.length} other contributions of ${own.contributor} have these records, and at most ${mostOthers} are asked about. ` +
      "Ask an eraser of this store to erase the file.",
  );
}

/** @throws StoreError `not_allowed` while a version to come can hold one of these records */
async function assertOver(chain: ErasureChain, contribution: Contribution, places: readonly number[]): Promise<void> {
  const { number, datanet } = contribution;
  const state = await chain.state(number);
  if (state === "Withdrawn" || state === "Rejected" || state === "Revoked") return;
  if (state !== "Accepted") {
    throw notAllowed(`Contribution ${number} has these records and is not decided (${state}): withdraw it first.`);
  }
  const revoked = new Set<number>();
  for (const revocation of await chain.revocations(datanet)) {
    if (revocation.contribution === number) revoked.add(revocation.index);
  }
  const kept = revoked.has(ALL_RECORDS) ? undefined : places.find((place) => !revoked.has(place));
  if (kept === undefined) return;
  throw notAllowed(
    `Contribution ${number} is accepted and its record ${kept} is not revoked: withdraw the contribution first.`,
  );
}

async function signerOf(hash: Hex, signature: Hex): Promise<Address | undefined> {
  try {
    return await recoverAddress({ hash, signature });
  } catch {
    // A contract's signature can be any bytes.
    return undefined;
  }
}

function notAllowed(message: string): StoreError {
  return new StoreError("not_allowed", message, false);
}
