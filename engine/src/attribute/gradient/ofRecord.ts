import { AttributionError } from "../errors.js";

/** What is computed of a record. @throws AttributionError that names the record where one is thrown */
export async function ofRecord<T>(record: number, compute: () => Promise<T>): Promise<T> {
  try {
    return await compute();
  } catch (error) {
    if (!(error instanceof AttributionError)) throw error;
    throw new AttributionError(error.code, `record ${record}: ${error.message}`, { cause: error });
  }
}
