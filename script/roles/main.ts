/**
 * `npm run roles -- --rpc URL --deployment FILE`: who holds which role of a deployment, with its delays. Ends with 1 when an
 * externally owned account holds one, with 2 when it is called wrongly.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseDeployment } from "@openledger/sdk";
import { createPublicClient, http } from "viem";
import { type RoleHolder, readRoles } from "./readRoles.js";

const USAGE = "Usage: npm run roles -- --rpc URL --deployment FILE";

const { values } = parseArgs({ options: { rpc: { type: "string" }, deployment: { type: "string" } } });
if (values.rpc === undefined || values.deployment === undefined) {
  process.stderr.write(`Asked without ${values.rpc === undefined ? "--rpc" : "--deployment"}. ${USAGE}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await report(values.rpc, values.deployment);
}

async function report(rpc: string, file: string): Promise<number> {
  const deployment = parseDeployment(JSON.parse(readFileSync(file, "utf8")));
  const client = createPublicClient({ transport: http(rpc) });
  const chainId = await client.getChainId();
  if (chainId !== deployment.chainId) {
    process.stderr.write(`${file} is of chain ${deployment.chainId}, ${rpc} of chain ${chainId}.\n`);
    return 2;
  }
  const holders = await readRoles(client, {
    accessManager: deployment.addresses.accessManager,
    startBlock: BigInt(deployment.startBlock),
  });
  for (const holder of holders) process.stdout.write(line(holder));
  const owned = holders.filter(({ isExternallyOwned }) => isExternallyOwned).length;
  process.stdout.write(`${holders.length} holders, ${owned} externally owned\n`);
  return owned === 0 && holders.length > 0 ? 0 : 1;
}

function line({ label, account, isExternallyOwned, delaySeconds, grantDelaySeconds }: RoleHolder): string {
  const kind = isExternallyOwned ? "KEY" : "contract";
  return `${label.padEnd(12)} ${account} ${kind.padEnd(8)} delay ${days(delaySeconds)}, grants ${days(grantDelaySeconds)}\n`;
}

function days(seconds: number): string {
  return `${Math.round(seconds / 864) / 100} d`;
}
