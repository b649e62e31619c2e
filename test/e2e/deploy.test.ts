/** Deploying to a public chain: what the dry run says, what is refused, and that no key governs afterwards. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type Anvil,
  callRpc,
  compileContracts,
  findBinary,
  readRoles,
  repositoryRoot,
  startAnvil,
} from "@openledger/script";
import {
  ALLOCATIONS,
  CONTRACT_NAMES,
  contractAbis,
  type Deployment,
  grantTree,
  parseDeployment,
  SCHEDULES,
} from "@openledger/sdk";
import {
  type AbiParameter,
  type Address,
  createPublicClient,
  encodeFunctionData,
  getAddress,
  type Hex,
  http,
  isHex,
  pad,
  toFunctionSelector,
  zeroAddress,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A public test chain of the OP Stack, as its config file names it. */
const CHAIN = 11_155_420;
const UNAUTHORIZED = toFunctionSelector("AccessManagedUnauthorized(address)");
/** By their numbers. */
const ROLES = ["ADMIN", "PARAMETERS", "UPGRADES", "STAKING", "BRAKE", "SLASHER", "COURT", "MODERATOR"];
/** Seconds from a proposal's passing to what it calls; roles that are not here are contracts'. */
const DELAYS: Readonly<Record<string, number>> = {
  ADMIN: 864_000,
  PARAMETERS: 172_800,
  UPGRADES: 864_000,
  STAKING: 2_160_000,
};
/** Every restricted function by the role that it has to have: what costs stakers takes longer than their thaw. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  ADMIN: [
    "datanetRegistry.wire",
    "emergencyBrake.registerBit",
    "emergencyBrake.retireBit",
    "treasury.spendBeyondLimit",
  ],
  PARAMETERS: [
    "attributionOracle.setBond",
    "datanetRegistry.setPublishingFee",
    "emergencyBrake.setGuardian",
    "inferenceMarket.setDestinations",
    "inferenceMarket.setSplitConfig",
    "modelRegistry.setPublishingFee",
    "modelRegistry.setTreasury",
    "treasury.fundStream",
    "treasury.spend",
  ],
  UPGRADES: [
    "agentRegistry.upgradeToAndCall",
    "agentReputation.upgradeToAndCall",
    "attributionOracle.upgradeToAndCall",
    "contributionRegistry.upgradeToAndCall",
    "datanetRegistry.upgradeToAndCall",
  ],
  STAKING: [
    "datanetValidators.upgradeToAndCall",
    "disputeManager.setPenalty",
    "disputeManager.upgradeToAndCall",
    "inferenceMarket.upgradeToAndCall",
    "jury.setTerms",
    "modelRegistry.upgradeToAndCall",
    "receiptCourt.setTerms",
    "stakingManager.setMinimumStake",
    "stakingManager.upgradeToAndCall",
  ],
  BRAKE: [
    "agentRegistry.pauseRegistration",
    "attributionOracle.pauseFinality",
    "contributionRegistry.pauseContributions",
    "inferenceMarket.pauseExits",
    "inferenceMarket.pauseSettlement",
    "modelRegistry.pauseRegistration",
    "stakingManager.pauseExits",
    "stakingManager.pauseStaking",
  ],
  SLASHER: ["stakingManager.lock", "stakingManager.slash", "stakingManager.unlock"],
  COURT: ["receiptCourt.clear", "receiptCourt.openCase", "receiptCourt.strike"],
  MODERATOR: [
    "contributionRegistry.revokeContribution",
    "contributionRegistry.revokeRecord",
    "modelRegistry.deprecateByVerdict",
  ],
};
const PROXIES: readonly string[] = [
  "agentRegistry",
  "agentReputation",
  "attributionOracle",
  "contributionRegistry",
  "datanetRegistry",
  "datanetValidators",
  "disputeManager",
  "inferenceMarket",
  "modelRegistry",
  "stakingManager",
];
const PARTIES = {
  security: pad("0x51", { size: 20 }),
  guardian: pad("0x52", { size: 20 }),
  l1: pad("0x53", { size: 20 }),
};
const deployer = mnemonicToAccount("test test test test test test test test test test test junk").address;

let anvil: Anvil;
let stateDir: string;
let config: string;
let out: string;
let tokenConfig: string;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "deploy-"));
  await compileContracts({ stateDir, env: { HOME: stateDir, PATH: "/usr/bin:/bin" } });
  anvil = await startAnvil({ stateDir, chainId: CHAIN });
  // the first block's time is long ago, the next one's is now
  await callRpc(anvil.url, "evm_mine", []);
  // forge reads and writes below the repository only
  const folder = join(repositoryRoot, ".openledger");
  mkdirSync(folder, { recursive: true });
  config = join(folder, `config-${randomUUID()}.json`);
  tokenConfig = join(folder, `config-${randomUUID()}.json`);
  out = join(folder, `deployment-${randomUUID()}.json`);
  const shipped = JSON.parse(readFileSync(join(repositoryRoot, `script/config/${CHAIN}.json`), "utf8"));
  const filled = {
    ...shipped,
    security: PARTIES.security,
    guardian: PARTIES.guardian,
    brakeGuardians: [PARTIES.guardian],
    l1Token: PARTIES.l1,
    l1BurnQueue: PARTIES.l1,
  };
  writeFileSync(config, JSON.stringify(filled));
  for (const account of [PARTIES.security, PARTIES.guardian, shipped.standardBridge]) {
    await callRpc(anvil.url, "anvil_setCode", [account, "0x00"]);
  }
});

afterAll(async () => {
  await anvil?.stop();
  for (const path of [stateDir, config, tokenConfig, out]) rmSync(path, { recursive: true, force: true });
});

describe("deploying to a public chain", () => {
  it("refuses a config that was not filled in, by the name of what is missing", async () => {
    const refused = deploy([], { DEPLOY_CONFIG: `script/config/${CHAIN}.json` });

    await expect(refused).rejects.toThrow(/ProtocolDeployer_WrongToken/);
  });

  it("prints every address, role and delay in a dry run, and sends nothing", async () => {
    const printed = await deploy([], { DEPLOY_CONFIG: config });

    for (const name of CONTRACT_NAMES) expect(printed).toMatch(new RegExp(`0x[0-9a-fA-F]{40} ${name}\\n`));
    expect(printed).toContain("ADMIN openGovernor 864000 864000");
    expect(printed).toContain("PARAMETERS openGovernor 172800 172800");
    expect(printed).toContain("STAKING openGovernor 2160000 2160000");
    expect(printed).toContain("SLASHER receiptCourt 0 2160000");
    expect(printed).toContain("SLASHER datanetValidators 0 2160000");
    expect(printed).toContain("MODERATOR disputeManager 0 864000");
    expect(printed).toContain("market.settlement E");
    // each with the code behind it, what else was made, and who was named
    for (const name of [...PROXIES, "inferenceMarket accounts", "inferenceMarket dues", "voteCountLib"]) {
      expect(printed).toMatch(new RegExp(`0x[0-9a-fA-F]{40} ${PROXIES.includes(name) ? `${name} code` : name}\\n`));
    }
    for (const [party, account] of [
      ["security", PARTIES.security],
      ["guardian", PARTIES.guardian],
      ["brakeGuardian", PARTIES.guardian],
    ] as const) {
      expect(printed).toContain(`${getAddress(account)} ${party}`);
    }
    for (const [role, functions] of Object.entries(FUNCTIONS)) {
      for (const name of functions) {
        if (role !== "BRAKE") expect(printed).toContain(`  ${name} ${role} ${DELAYS[role] ?? 0}\n`);
      }
    }
    expect(printed).not.toMatch(/\.0x[0-9a-f]{8}/);
    expect(printed).toContain("oracle.revealPeriod 57600");
    expect(printed).toContain("staking.thawPeriod 1814400");
    expect(printed).toContain("governor.votingPeriod 604800");
    expect(await callRpc(anvil.url, "eth_getTransactionCount", [deployer, "latest"])).toBe("0x0");
  });

  it("prints where OPEN would lie on its native chain, and refuses allocations without roots", async () => {
    const script = "script/DeployToken.s.sol:DeployToken";
    const refused = deploy([], { DEPLOY_CONFIG: "script/config/11155111.json" }, script);
    await expect(refused).rejects.toThrow(/DeployToken_RootCount/);

    const genesisAt = Math.floor(Date.now() / 1000) + 86_400;
    const roots = ALLOCATIONS.map(
      (allocation) =>
        grantTree(allocation, [{ allocation, beneficiary: PARTIES.l1, amount: SCHEDULES[allocation].total }]).root,
    );
    writeFileSync(tokenConfig, JSON.stringify({ genesisAt, roots }));
    const printed = await deploy([], { DEPLOY_CONFIG: tokenConfig }, script);
    expect(printed).toMatch(/0x[0-9a-fA-F]{40} openToken\n/);
    expect(printed).toContain(`Genesis at ${genesisAt}`);
  });

  it("leaves every role to contracts, and every restricted function to its role", async () => {
    await deploy(["--broadcast", "--slow", "--unlocked"], { DEPLOY_CONFIG: config });
    const deployment = parseDeployment(JSON.parse(readFileSync(out, "utf8")));
    const client = createPublicClient({ transport: http(anvil.url) });

    const holders = await readRoles(client, {
      accessManager: deployment.addresses.accessManager,
      startBlock: BigInt(deployment.startBlock),
    });
    expect(holders.filter(({ isExternallyOwned }) => isExternallyOwned)).toEqual([]);
    expect(holders).toHaveLength(10);
    expect(holders.filter(({ account }) => account === deployment.addresses.openGovernor)).toHaveLength(4);

    const governed: Record<string, string[]> = {};
    for (const { name, target, selector } of await restrictedFunctions(deployment)) {
      const role = await client.readContract({
        address: deployment.addresses.accessManager,
        abi: MANAGER,
        functionName: "getTargetFunctionRole",
        args: [target, selector],
      });
      const label = ROLES[Number(role)]!;
      governed[label] = [...(governed[label] ?? []), name].sort();
    }
    expect(governed).toEqual(FUNCTIONS);
  });
});

const MANAGER = [
  {
    type: "function",
    name: "getTargetFunctionRole",
    stateMutability: "view",
    inputs: [
      { name: "target", type: "address" },
      { name: "selector", type: "bytes4" },
    ],
    outputs: [{ name: "", type: "uint64" }],
  },
] as const;

/** @returns What forge printed. @throws with what it said when it fails. */
async function deploy(
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
  script = "script/Deploy.s.sol:Deploy",
): Promise<string> {
  const args = ["script", script, "--rpc-url", anvil.url, "--sender", deployer, ...flags];
  const { stdout } = await promisify(execFile)(findBinary("forge"), [...args, "--non-interactive"], {
    cwd: repositoryRoot,
    env: {
      HOME: stateDir,
      PATH: "/usr/bin:/bin",
      DEPLOYMENT_OUT: out,
      FOUNDRY_BROADCAST: join(stateDir, "broadcast"),
      ...env,
    },
    maxBuffer: 1 << 26,
  });
  return stdout;
}

/** Every function of the deployed contracts that refuses a stranger for want of a role. */
async function restrictedFunctions(deployment: Deployment) {
  const found: { readonly name: string; readonly target: Address; readonly selector: Hex }[] = [];
  for (const [contract, abi] of Object.entries(contractAbis)) {
    const target = deployment.addresses[contract as keyof typeof contractAbis];
    for (const item of abi) {
      if (item.type !== "function" || item.stateMutability === "view" || item.stateMutability === "pure") continue;
      // the access manager itself calls it, by a target's admin delay
      if (item.name === "setAuthority") continue;
      const data = encodeFunctionData({ abi: [item], args: item.inputs.map(anyValue) } as never);
      const answer = await refusal(target, data);
      if (answer?.startsWith(UNAUTHORIZED)) {
        found.push({ name: `${contract}.${item.name}`, target, selector: data.slice(0, 10) as Hex });
      }
    }
  }
  return found;
}

/** What a call of a stranger reverts with. */
async function refusal(to: Address, data: Hex): Promise<Hex | undefined> {
  const response = await fetch(anvil.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "eth_call",
      params: [{ from: pad("0x99", { size: 20 }), to, data }, "latest"],
    }),
  });
  const { error } = (await response.json()) as { readonly error?: { readonly data?: unknown } };
  return isHex(error?.data) ? error.data : undefined;
}

/** A value of a type, the least one. */
function anyValue(parameter: AbiParameter): unknown {
  const { type } = parameter;
  if (type.endsWith("[]")) return [];
  const fixed = type.match(/^(.*)\[(\d+)\]$/);
  if (fixed !== null) {
    return Array.from({ length: Number(fixed[2]) }, () => anyValue({ ...parameter, type: fixed[1]! }));
  }
  if (type === "tuple" && "components" in parameter) {
    return Object.fromEntries(parameter.components.map((part) => [part.name, anyValue(part)]));
  }
  if (type === "address") return zeroAddress;
  if (type === "bool") return false;
  if (type === "string") return "";
  if (type === "bytes") return "0x";
  if (type.startsWith("bytes")) return pad("0x", { size: Number(type.slice(5)) });
  return type.match(/^u?int(8|16|32)?$/) !== null && /8$|16$|32$/.test(type) ? 0 : 0n;
}
