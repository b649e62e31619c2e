/**
 * The oracle's API: what was found, and the leaves that claims need.
 *
 *   GET /health                            200 when database and chain answer, else 503
 *   GET /v1/epochs?limit=&before=          newest first, at most 100
 *   GET /v1/epochs/:epoch                  one epoch with its leaf data
 *   GET /v1/epochs/:epoch/claims/:account  the arguments of the distributor's `claim`
 *   GET /v1/pending/:account               what an account has earned and cannot claim yet
 *   GET /v1/admission/:datanet/:contribution  why this oracle scored a contribution as it did, once no score can be copied
 */
import { type EpochFile, OpenLedgerError, payoutClaim } from "@openledger/sdk";
import express, { type ErrorRequestHandler, type Express, type Request } from "express";
import { type Address, getAddress, isAddress } from "viem";
import { OracleError } from "../OracleError.js";
import type { JudgedReceipt } from "../store/BatchLedger.js";
import type { FollowedEpoch } from "../store/ChainFacts.js";
import type { EpochLists } from "../store/EpochLedger.js";
import { errorStatus } from "./errorStatus.js";

export interface Health {
  readonly database: boolean;
  readonly chain: boolean;
  /** Newest block that was followed. */
  readonly block: bigint | undefined;
  /** Whether the oracle has enough stake to propose. */
  readonly active: boolean;
  readonly mode: string;
  readonly account: Address;
}

export interface PendingEarnings {
  /** Base units, over batches that no final epoch holds. */
  readonly amount: bigint;
  readonly receipts: number;
  /** What the newest final epoch lets the account claim in all; 0 before. */
  readonly claimable: bigint;
}

/** What the API reads. */
export interface OracleView {
  health(): Promise<Health>;
  epochs(limit: number, before: bigint | undefined): Promise<readonly FollowedEpoch[]>;
  epoch(epoch: bigint): Promise<FollowedEpoch | undefined>;
  /** The lists that stand on chain, else this oracle's own; undefined before there are any. */
  file(epoch: FollowedEpoch): Promise<EpochFile | undefined>;
  ownLists(epoch: bigint): Promise<EpochLists | undefined>;
  disputed(epoch: FollowedEpoch): Promise<readonly JudgedReceipt[]>;
  pending(account: Address): Promise<PendingEarnings>;
  /** Canonical JSON. @throws OracleError `unknown_contribution`, `not_judged` */
  admission(datanet: bigint, contribution: bigint): Promise<string>;
}

export interface OracleAppDeps {
  readonly view: OracleView;
  readonly onFault: (error: unknown) => void;
}

const largestPage = 100;

/** An express app without a server. */
export function createOracleApp({ view, onFault }: OracleAppDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("json replacer", (_key: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  app.use((_request, response, next) => {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("x-content-type-options", "nosniff");
    next();
  });

  app.get("/health", async (_request, response) => {
    const health = await view.health();
    const isReady = health.database && health.chain;
    response.status(isReady ? 200 : 503).json({ status: isReady ? "ok" : "waiting", ...health });
  });

  app.get("/v1/epochs", async (request, response) => {
    const limit = wholeNumber(request, "limit") ?? 20n;
    const before = wholeNumber(request, "before");
    if (limit < 1n || limit > largestPage) throw wrong("limit", `from 1 to ${largestPage}`, `${limit}`);
    const epochs = await view.epochs(Number(limit), before);
    response.json({ epochs: epochs.map(epochJson) });
  });

  app.get("/v1/epochs/:epoch", async (request, response) => {
    const epoch = await findEpoch(view, request.params.epoch);
    const [file, own, disputed] = await Promise.all([
      view.file(epoch),
      view.ownLists(epoch.epoch),
      view.disputed(epoch),
    ]);
    response.json({
      ...epochJson(epoch),
      own: own === undefined ? undefined : { ...own, block: undefined, blockHash: undefined },
      lists: file,
      disputed,
    });
  });

  app.get("/v1/epochs/:epoch/claims/:account", async (request, response) => {
    const account = readAccount(request.params.account);
    const epoch = await findEpoch(view, request.params.epoch);
    if (epoch.stage !== "final") {
      throw new OracleError("unknown_epoch", `Epoch ${epoch.epoch} is ${epoch.stage}: claims need a final one.`, {
        retryable: true,
      });
    }
    const file = await view.file(epoch);
    const claim = file === undefined ? undefined : payoutClaim(file, account);
    if (claim === undefined) {
      throw new OracleError("unknown_account", `${account} has earned nothing up to epoch ${epoch.epoch}.`, {
        retryable: false,
      });
    }
    response.json(claim);
  });

  app.get("/v1/pending/:account", async (request, response) => {
    const account = readAccount(request.params.account);
    response.json({ account, ...(await view.pending(account)) });
  });

  app.get("/v1/admission/:datanet/:contribution", async (request, response) => {
    const [datanet, contribution] = [number(request, "datanet"), number(request, "contribution")];
    response.type("json").send(await view.admission(datanet, contribution));
  });

  app.use((request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw new OracleError("method_not_allowed", `${request.method} is not served here; GET is.`, {
        retryable: false,
      });
    }
    throw new OracleError(
      "unknown_route",
      `No such path: ${request.path}. /health, /v1/epochs and /v1/admission exist.`,
      {
        retryable: false,
      },
    );
  });
  app.use(answerError(onFault));
  return app;
}

/** The decimal strings of the chain's numbers; block hashes stay inside. */
function epochJson(epoch: FollowedEpoch) {
  const { block, blockHash: _, proposal, refuted, ...rest } = epoch;
  return { ...rest, openedInBlock: block, proposal, refuted };
}

async function findEpoch(view: OracleView, text: string | undefined): Promise<FollowedEpoch> {
  if (text === undefined || !/^[0-9]{1,19}$/.test(text)) throw wrong("epoch", "a number", text ?? "nothing");
  const epoch = await view.epoch(BigInt(text));
  if (epoch !== undefined) return epoch;
  throw new OracleError("unknown_epoch", `Epoch ${text} has not been opened.`, { retryable: true });
}

function readAccount(text: string | undefined): Address {
  if (text === undefined || !isAddress(text, { strict: false }))
    throw wrong("account", "an address", text ?? "nothing");
  return getAddress(text);
}

/** A part of the path that is a number. */
function number(request: Request, name: string): bigint {
  const text = request.params[name];
  if (typeof text !== "string" || !/^[0-9]{1,19}$/.test(text)) throw wrong(name, "a number", String(text ?? "nothing"));
  return BigInt(text);
}

function wholeNumber(request: Request, name: string): bigint | undefined {
  const value = request.query[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string" || !/^[0-9]{1,19}$/.test(value)) throw wrong(name, "a number", String(value));
  return BigInt(value);
}

function wrong(name: string, expected: string, found: string): OracleError {
  const shown = found.length > 80 ? `${found.slice(0, 80)}…` : found;
  return new OracleError("invalid_request", `${name} must be ${expected}; it is "${shown}".`, { retryable: false });
}

function answerError(onFault: (error: unknown) => void): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const known = typedError(error);
    const status = known === undefined ? 500 : (errorStatus[known.code] ?? 500);
    if (status >= 500) onFault(error);
    if (known !== undefined && status !== 500) {
      const { code, message, retryable } = known;
      response.status(status).json({ error: { code, message, retryable } });
      return;
    }
    response
      .status(500)
      .json({ error: { code: "internal", message: "The oracle failed; its log says why.", retryable: true } });
  };
}

function typedError(error: unknown): OracleError | undefined {
  if (error instanceof OracleError) return error;
  if (error instanceof OpenLedgerError && error.code === "content_unavailable") {
    return new OracleError("content_unavailable", error.message, { retryable: true, cause: error });
  }
  // Express itself refuses what is no valid path.
  if (error instanceof URIError) return wrong("path", "valid", "a malformed escape");
  return undefined;
}
