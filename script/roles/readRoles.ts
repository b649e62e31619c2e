import { type Address, getAddress, type PublicClient, parseAbi } from "viem";

/** The part of OpenZeppelin's AccessManager that says who may do what. */
export const accessManagerAbi = parseAbi([
  "event RoleGranted(uint64 indexed roleId, address indexed account, uint32 delay, uint48 since, bool newMember)",
  "event RoleLabel(uint64 indexed roleId, string label)",
  "function getAccess(uint64 roleId, address account) view returns (uint48 since, uint32 currentDelay, uint32 pendingDelay, uint48 effect)",
  "function getRoleGrantDelay(uint64 roleId) view returns (uint32)",
]);

/** An account that holds a role, or will when its grant delay is over. */
export interface RoleHolder {
  readonly role: bigint;
  readonly label: string;
  readonly account: Address;
  /** Without code: whoever has its key holds the role. */
  readonly isExternallyOwned: boolean;
  /** Seconds between scheduling and executing what the role allows. */
  readonly delaySeconds: number;
  /** Seconds that a new grant of the role takes to be in force. */
  readonly grantDelaySeconds: number;
}

export interface RoleSource {
  readonly accessManager: Address;
  /** A block before which the manager did not exist. */
  readonly startBlock: bigint;
}

/** Blocks asked for at once: what public endpoints allow. */
const STRIDE = 10_000n;

/** Everybody that holds a role of the access manager, by role and account: those its events ever named, asked anew. */
export async function readRoles(client: PublicClient, source: RoleSource): Promise<readonly RoleHolder[]> {
  const { accounts, labels } = await readEvents(client, source);
  const manager = { address: source.accessManager, abi: accessManagerAbi };
  const holders: RoleHolder[] = [];
  for (const [role, members] of accounts) {
    const grantDelaySeconds = await client.readContract({
      ...manager,
      functionName: "getRoleGrantDelay",
      args: [role],
    });
    for (const account of [...members].sort()) {
      const access = await client.readContract({ ...manager, functionName: "getAccess", args: [role, account] });
      const [since, delay] = access;
      if (since === 0) continue;
      const code = await client.getCode({ address: account });
      holders.push({
        role,
        label: labels.get(role) ?? (role === 0n ? "ADMIN" : String(role)),
        account,
        isExternallyOwned: code === undefined || code === "0x",
        delaySeconds: delay,
        grantDelaySeconds,
      });
    }
  }
  return holders.sort((a, b) => Number(a.role - b.role) || a.account.localeCompare(b.account));
}

async function readEvents(client: PublicClient, { accessManager, startBlock }: RoleSource) {
  const accounts = new Map<bigint, Set<Address>>();
  const labels = new Map<bigint, string>();
  const head = await client.getBlockNumber();
  for (let from = startBlock; from <= head; from += STRIDE) {
    const toBlock = from + STRIDE - 1n < head ? from + STRIDE - 1n : head;
    const range = { address: accessManager, fromBlock: from, toBlock, strict: true } as const;
    for (const { args } of await client.getLogs({ ...range, event: accessManagerAbi[0] })) {
      const members = accounts.get(args.roleId) ?? new Set<Address>();
      accounts.set(args.roleId, members.add(getAddress(args.account)));
    }
    for (const { args } of await client.getLogs({ ...range, event: accessManagerAbi[1] })) {
      labels.set(args.roleId, args.label);
    }
  }
  return { accounts, labels };
}
