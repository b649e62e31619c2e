/** Why a registered model cannot be served here: what was checked, what was found. Looked at again after a while. */
export class ModelUnusable extends Error {
  override readonly name = "ModelUnusable";
}
