import type { Hex } from "viem";
import { RowReader } from "./fields.js";
import { type GraphClient, queryGraph } from "./queryGraph.js";

export type IndexedBlock = { readonly number: number; readonly hash: Hex | null; readonly hasErrors: boolean };

/** The newest block that the index has taken in. */
export async function indexedBlock(client: GraphClient): Promise<IndexedBlock> {
  const data = await queryGraph(client, "{ _meta { block { number hash } hasIndexingErrors } }");
  const meta = new RowReader(data, "data").child("_meta");
  const block = meta.child("block");
  return {
    number: block.int("number"),
    hash: block.optionalHex("hash"),
    hasErrors: (data._meta as { hasIndexingErrors?: boolean }).hasIndexingErrors === true,
  };
}
