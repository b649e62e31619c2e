import { GraphQueryError } from "./GraphQueryError.js";

/** Where the subgraph answers. `fetch` may be given for tests and for runtimes without one of their own. */
export type GraphClient = {
  readonly url: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds until a query is given up; 10,000 unless said. */
  readonly timeoutMs?: number;
};

/** A row as GraphQL gives it: big integers as decimal strings, bytes as hex. */
export type GraphRow = Readonly<Record<string, unknown>>;

/**
 * One GraphQL query.
 *
 * @returns The `data` of the answer.
 * @throws GraphQueryError retryable when the index cannot be reached or is not ready, final when it refuses the query.
 */
export async function queryGraph(
  client: GraphClient,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<GraphRow> {
  const send = client.fetch ?? globalThis.fetch;
  let response: Response;
  let body: { data?: GraphRow | null; errors?: readonly { message: string }[] };
  try {
    response = await send(client.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(client.timeoutMs ?? 10_000),
    });
    body = await response.json();
  } catch (cause) {
    throw new GraphQueryError(client.url, `no answer (${String(cause)})`, { retryable: true, cause });
  }
  if (body.errors !== undefined && body.errors.length > 0) {
    const messages = body.errors.map(({ message }) => message).join("; ");
    throw new GraphQueryError(client.url, messages, {
      retryable: /not started|not been deployed|block/i.test(messages),
    });
  }
  if (!response.ok || body.data === undefined || body.data === null) {
    throw new GraphQueryError(client.url, `status ${response.status}`, { retryable: response.status >= 500 });
  }
  return body.data;
}
