import { floorDivide } from "./slow.js";

/** The tokenomics table in words: percent of the supply, months. Nothing of what ships is used. */
const OPEN = 10n ** 18n;
const MONTH = (365n * 24n * 60n * 60n) / 12n;
const TABLE = [
  { total: 517_100_000n * OPEN, atGenesis: 138_700_000n * OPEN, firstMonth: 0n },
  { total: 182_900_000n * OPEN, atGenesis: 0n, firstMonth: 12n },
  { total: 150_000_000n * OPEN, atGenesis: 0n, firstMonth: 12n },
  { total: 100_000_000n * OPEN, atGenesis: 26_800_000n * OPEN, firstMonth: 0n },
  { total: 50_000_000n * OPEN, atGenesis: 50_000_000n * OPEN, firstMonth: 0n },
] as const;
const LAST_MONTH = 48n;

type Row = (typeof TABLE)[number];
type Amounts = [bigint, bigint, bigint, bigint, bigint];

function released({ total, atGenesis, firstMonth }: Row, elapsed: bigint): bigint {
  const from = firstMonth * MONTH;
  const to = LAST_MONTH * MONTH;
  const at = elapsed < from ? from : elapsed > to ? to : elapsed;
  return atGenesis + floorDivide((total - atGenesis) * (at - from), to - from);
}

function table(elapsed: bigint) {
  const [community, investors, team, ecosystem, liquidity] = TABLE.map((row) => released(row, elapsed)) as Amounts;
  return {
    elapsed: `${elapsed}`,
    community: `${community}`,
    investors: `${investors}`,
    team: `${team}`,
    ecosystem: `${ecosystem}`,
    liquidity: `${liquidity}`,
    circulating: `${community + investors + team + ecosystem + liquidity}`,
  };
}

/** Each month to the fifth year's end; single seconds around each bend; grants, down to one base unit. */
export function tokenomicsDocument() {
  const bends = [0n, 12n, 48n].map((month) => month * MONTH);
  const seconds = bends.flatMap((bend) => [bend - 1n, bend, bend + 1n]).filter((elapsed) => elapsed >= 0n);
  const odd = [1_000_003n, 12n * MONTH + 7n, 99_999_999n, 4_000_000_000n];

  const vested = TABLE.flatMap((row, allocation) =>
    [1n, 3n, 1_000_000_007n, floorDivide(row.total, 7n), row.total].flatMap((amount) =>
      [0n, 5n * MONTH, 12n * MONTH + 1n, 31n * MONTH + 11n, 48n * MONTH - 1n, 48n * MONTH].map((elapsed) => ({
        allocation: `${allocation}`,
        amount: `${amount}`,
        elapsed: `${elapsed}`,
        vested: `${floorDivide(amount * released(row, elapsed), row.total)}`,
      })),
    ),
  );

  return {
    month: Array.from({ length: 61 }, (_, month) => table(BigInt(month) * MONTH)),
    second: [...seconds, ...odd].map(table),
    vested,
  };
}
