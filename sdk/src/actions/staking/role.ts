const ROLES = ["None", "Runner", "Oracle", "Validator", "Model", "Agent"] as const;

/** A role that an operator can stake for, as the contract's enum names it. */
export type RoleName = Exclude<(typeof ROLES)[number], "None">;

/** The enum's number. */
export function roleNumber(role: RoleName): number {
  return ROLES.indexOf(role);
}
