/** A graph that cannot be built: the shapes or types of an operation's operands do not fit. */
export class GraphError extends Error {
  override readonly name = "GraphError";
  readonly retryable = false;

  constructor(
    readonly code: "shape_mismatch" | "type_mismatch" | "duplicate_name" | "not_differentiable",
    message: string,
  ) {
    super(message);
  }
}
