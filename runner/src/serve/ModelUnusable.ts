/** Why a registered model cannot be served here: what was checked, what was found, and what would have to change. */
export class ModelUnusable extends Error {
  override readonly name = "ModelUnusable";
  /** Whether nothing that may still happen changes it: what the chain names by a hash is false, and stays so. */
  readonly isFinal: boolean;

  /**
   * @param found A sentence.
   * @param options `waitsFor`: what may change it; without, it is final.
   */
  constructor(
    found: string,
    { waitsFor, cause }: { readonly waitsFor?: string | undefined; readonly cause?: unknown } = {},
  ) {
    const outlook = waitsFor === undefined ? "Waiting does not change that." : `It waits for ${waitsFor}.`;
    super(`${found} ${outlook}`, cause === undefined ? undefined : { cause });
    this.isFinal = waitsFor === undefined;
  }
}
