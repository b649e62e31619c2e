/** SPDX identifiers under which a record may enter the first Datanet; all of them let a model be trained and sold. */
export const ALLOWED_LICENCES = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "CC0-1.0"] as const;

export type AllowedLicence = (typeof ALLOWED_LICENCES)[number];

/** A package whose declared licence is not on the allow-list. Final: another package has to be chosen. */
export class LicenceNotAllowedError extends Error {
  readonly code = "licence_not_allowed";
  readonly retryable = false;
  constructor(name: string, found: string) {
    super(
      `Package ${name} declares licence "${found}"; records need one of ${ALLOWED_LICENCES.join(", ")}. Choose another package.`,
    );
    this.name = "LicenceNotAllowedError";
  }
}

/** @throws LicenceNotAllowedError when `declared` is not exactly one identifier of the allow-list. */
export function requireAllowedLicence(name: string, declared: unknown): AllowedLicence {
  const licence = ALLOWED_LICENCES.find((allowed) => allowed === declared);
  if (licence === undefined) throw new LicenceNotAllowedError(name, String(declared));
  return licence;
}
