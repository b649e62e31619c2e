/** The five allocations of the supply, in the order of the contract's `Allocation`. */
export const ALLOCATIONS = ["community", "investors", "team", "ecosystem", "liquidity"] as const;

export type GenesisAllocation = (typeof ALLOCATIONS)[number];

/** When an allocation is released. Amounts in base units, times in seconds after genesis. */
export type Schedule = {
  readonly total: bigint;
  readonly atGenesis: bigint;
  readonly cliff: bigint;
  readonly duration: bigint;
};

/** A twelfth of 365 days. */
export const MONTH_SECONDS = 2_628_000n;

/** A hundredth of a percent of the supply: the grain of the tokenomics table. */
const UNIT = 10n ** 23n;

const schedule = (total: bigint, atGenesis: bigint, cliff: bigint, months: bigint): Schedule => ({
  total: total * UNIT,
  atGenesis: atGenesis * UNIT,
  cliff: cliff * MONTH_SECONDS,
  duration: months * MONTH_SECONDS,
});

/** The tokenomics table: what `ScheduleLib` releases when. */
export const SCHEDULES: Readonly<Record<GenesisAllocation, Schedule>> = {
  community: schedule(5171n, 1387n, 0n, 48n),
  investors: schedule(1829n, 0n, 12n, 36n),
  team: schedule(1500n, 0n, 12n, 36n),
  ecosystem: schedule(1000n, 268n, 0n, 48n),
  liquidity: schedule(500n, 500n, 0n, 48n),
};

/** What of an allocation is released `elapsed` seconds after genesis, base units, rounded down; nothing before genesis. */
export function releasedAmount(allocation: GenesisAllocation, elapsed: bigint): bigint {
  const { total, atGenesis, cliff, duration } = SCHEDULES[allocation];
  if (elapsed < 0n) return 0n;
  if (elapsed <= cliff) return atGenesis;
  if (elapsed >= cliff + duration) return total;
  return atGenesis + ((total - atGenesis) * (elapsed - cliff)) / duration;
}

/** What of a grant of `amount` is released by then: the same part as of its allocation, rounded down. */
export function vestedAmount(allocation: GenesisAllocation, amount: bigint, elapsed: bigint): bigint {
  return (amount * releasedAmount(allocation, elapsed)) / SCHEDULES[allocation].total;
}
