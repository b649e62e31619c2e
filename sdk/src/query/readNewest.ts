import { RowReader } from "./fields.js";
import { type GraphClient, queryGraph } from "./queryGraph.js";

/**
 * Entities of a numbered collection up to a number, the newest first, in one page.
 *
 * @param last The highest number, inclusive. @param first How many at most, 1 to 1,000; what an index answers beyond is left out.
 */
export async function readNewest(
  client: GraphClient,
  collection: string,
  last: bigint,
  first: number,
  fields: string,
): Promise<RowReader[]> {
  const where = `first: ${first}, orderBy: number, orderDirection: desc, where: { number_lte: "${last}" }`;
  const data = await queryGraph(client, `{ ${collection}(${where}) { ${fields} } }`);
  return new RowReader(data, "data").children(collection).slice(0, first);
}
