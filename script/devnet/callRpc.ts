import { DevnetError } from "./DevnetError.js";

/** One JSON-RPC call. @throws DevnetError when the server is away or answers with an error. */
export async function callRpc(url: string, method: string, params: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(10_000),
  });
  const body = (await response.json()) as { result?: unknown; error?: { message?: string } };
  if (body.error !== undefined) {
    throw new DevnetError(
      "rpc_error",
      `${method} at ${url}: ${body.error.message ?? JSON.stringify(body.error)}`,
      false,
    );
  }
  return body.result;
}
