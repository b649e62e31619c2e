import type { RecordOrigin } from "@openledger/sdk";
import type { Queries } from "./Database.js";

/** A Datanet's version. */
export interface VersionPlace {
  readonly datanet: bigint;
  readonly version: number;
}

/**
 * Takes out of kept receipts what they show of erased records: excerpts, where they were from, and places that were cited. Shares
 * stay, and what the answers say themselves. Doing it again changes nothing.
 *
 * @param erased What is left of each one's source, by its place in the version
 */
export async function forgetRecords(
  queries: Queries,
  { datanet, version }: VersionPlace,
  erased: ReadonlyMap<number, RecordOrigin["source"]>,
): Promise<void> {
  const isOfVersion = (of: string) => `${of} ->> 'datanet' = $1 and (${of} ->> 'version')::int = $2`;
  const isErased = (of: string) => `$3::jsonb ? (${of} ->> 'recordIndex')`;
  await queries.query(
    `update receipts set
       records = (
         select coalesce(jsonb_agg(
           case when ${isOfVersion("one")} and ${isErased("one")}
             then one || jsonb_build_object('excerpt', '', 'source', $3::jsonb -> (one ->> 'recordIndex')) else one end
           order by place), '[]')
         from jsonb_array_elements(records) with ordinality as each (one, place)),
       citations = case when citations is null then null else (
         select coalesce(jsonb_agg(
           case when ${isOfVersion("one")} then one || jsonb_build_object('places', (
             select coalesce(jsonb_agg(cited order by at), '[]')
             from jsonb_array_elements(one -> 'places') with ordinality as each_place (cited, at)
             where not (${isErased("cited")}))) else one end
           order by place), '[]')
         from jsonb_array_elements(citations) with ordinality as each (one, place)) end
     where exists (
       select from jsonb_array_elements(records) as one
       where ${isOfVersion("one")} and ${isErased("one")} and one ->> 'excerpt' <> '')
     or exists (
       select from jsonb_array_elements(coalesce(citations, '[]')) as one, jsonb_array_elements(one -> 'places') as cited
       where ${isOfVersion("one")} and ${isErased("cited")})`,
    [`${datanet}`, version, JSON.stringify(Object.fromEntries(erased))],
  );
}
