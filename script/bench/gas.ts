import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import type { Bench } from "./bench.js";
import { runForge } from "./gas/runForge.js";

/** Written by test/gas as it runs, compared by `npm test`. */
const SNAPSHOTS = join(repositoryRoot, "test/gas/snapshots/actions.json");

/** What each peer's figure stands beside. */
const PEERS: Readonly<Record<string, string>> = {
  peer_transfer: "transfer",
  peer_claim_first: "claim_first",
  peer_claim_repeat: "claim_repeat",
};

/** Credits of the epochs behind `EPOCHS`: what is posted costs the same for any number of them. */
const CREDITS = 1000 * 100;

/** Gas of a credit, of one payer's settlement and the epoch's root; and with what opening the epoch costs, once for all payers. */
const EPOCHS: Readonly<Record<string, string>> = {
  attribution_gas_per_credit: "settle_and_root",
  attribution_gas_per_credit_with_opening: "settle_open_and_root",
};

/** Gas of each named action as a transaction of its own, and of peers' contracts in the same run. */
export const gas: Bench = {
  name: "gas",
  about: "gas of each action as a transaction of its own, beside peers' contracts",
  run: async (report) => {
    report("compiling and running test/gas");
    await runForge(["test", "--match-path", "test/gas/*", "--gas-snapshot-check", "false"]);
    const actions = JSON.parse(readFileSync(SNAPSHOTS, "utf8")) as Readonly<Record<string, string>>;
    const figures = Object.fromEntries(Object.entries(actions).map(([name, value]) => [name, Number(value)]));
    for (const [figure, action] of Object.entries(EPOCHS)) {
      const epoch = figures[action];
      if (epoch !== undefined) figures[figure] = epoch / CREDITS;
    }
    for (const [peer, ours] of Object.entries(PEERS)) {
      const [theirGas, ourGas] = [figures[peer], figures[ours]];
      if (theirGas !== undefined && ourGas !== undefined) figures[`${ours}_over_peer`] = ourGas / theirGas;
    }
    return figures;
  },
};
