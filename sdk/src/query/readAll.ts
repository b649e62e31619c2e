import { RowReader } from "./fields.js";
import { type GraphClient, queryGraph } from "./queryGraph.js";

const PAGE = 1000;

/**
 * All entities of a collection, page by page along their ids: no `skip`, so the cost of a page does not grow.
 *
 * @param collection Plural field of the schema. @param where Filter without `id_gt`, GraphQL literal, for instance `datanet: "0x…"`.
 * @param pageSize Rows of a page, 1 to 1,000.
 */
export async function readAll(
  client: GraphClient,
  collection: string,
  where: string,
  fields: string,
  pageSize = PAGE,
): Promise<RowReader[]> {
  const rows: RowReader[] = [];
  for (let after = "0x"; ; ) {
    const data = await queryGraph(
      client,
      `query($after: Bytes!) { ${collection}(first: ${pageSize}, orderBy: id, where: { ${where === "" ? "" : `${where}, `}id_gt: $after }) { id ${fields} } }`,
      { after },
    );
    const page = new RowReader(data, "data").children(collection);
    rows.push(...page);
    if (page.length < pageSize) return rows;
    after = page[page.length - 1]!.hex("id");
  }
}
