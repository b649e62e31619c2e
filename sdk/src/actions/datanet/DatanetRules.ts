/** Who may contribute, and what follows when nobody decides in time: `open` anyone, accepted; else rejected. */
export type Access = "open" | "approval" | "private";

const ACCESS = ["open", "approval", "private"] as const;
const DECIDERS = ["owner", "validators"] as const;
const ADMISSIONS = ["listed", "active"] as const;

/** How a Datanet takes contributions. Amounts in base units of OPEN, periods in seconds, parts in basis points. */
export type DatanetRules = {
  readonly access: Access;
  /** Who decides; `validators` do by commit–reveal. */
  readonly decider: (typeof DECIDERS)[number];
  readonly contributionFee: bigint;
  /** Seconds to decide, 1 hour to 90 days. */
  readonly decisionPeriod: number;
  /** Of what the Datanet's pool earns, to its validators' reserve; at most 1,000. */
  readonly curationBps: number;
  /** Only where validators decide. */
  readonly rounds?: RoundRules;
};

export type RoundRules = {
  /** Which validators may score: those on the Datanet's list, or any with an active stake. */
  readonly admission: (typeof ADMISSIONS)[number];
  /** Of a contribution's fee, to the validators of the round that decides. */
  readonly validatorsBps: number;
  /** A score from this on, of 10,000, is a vote to accept. */
  readonly acceptScore: number;
  readonly quorum: number;
  readonly commitPeriod: number;
  readonly revealPeriod: number;
  /** Out of the reserve for each contribution that a round decides, as far as it reaches. */
  readonly rewardPerContribution: bigint;
};

/** By the owner's approval within 30 days, for nothing. */
export const OWNER_APPROVES: DatanetRules = {
  access: "approval",
  decider: "owner",
  contributionFee: 0n,
  decisionPeriod: 30 * 24 * 3600,
  curationBps: 0,
};

const NO_ROUNDS: RoundRules = {
  admission: "listed",
  validatorsBps: 0,
  acceptScore: 0,
  quorum: 0,
  commitPeriod: 0,
  revealPeriod: 0,
  rewardPerContribution: 0n,
};

/** The rules as the contract takes them. */
export function encodeRules({ access, decider, rounds = NO_ROUNDS, ...rest }: DatanetRules) {
  const { admission, ...numbers } = rounds;
  return {
    ...rest,
    ...numbers,
    access: ACCESS.indexOf(access),
    decider: DECIDERS.indexOf(decider),
    admission: ADMISSIONS.indexOf(admission),
  };
}

/** The rules as the contract tells them. */
export function decodeRules(encoded: ReturnType<typeof encodeRules>): DatanetRules {
  const { contributionFee, decisionPeriod, curationBps } = encoded;
  const decider = DECIDERS[encoded.decider]!;
  const shared = { access: ACCESS[encoded.access]!, decider, contributionFee, decisionPeriod, curationBps };
  if (decider === "owner") return shared;
  return {
    ...shared,
    rounds: {
      admission: ADMISSIONS[encoded.admission]!,
      validatorsBps: encoded.validatorsBps,
      acceptScore: encoded.acceptScore,
      quorum: encoded.quorum,
      commitPeriod: encoded.commitPeriod,
      revealPeriod: encoded.revealPeriod,
      rewardPerContribution: encoded.rewardPerContribution,
    },
  };
}
