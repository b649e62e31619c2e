import { describe, expect, it } from "vitest";
import { basisSample } from "./basisSample.js";
import { EvsFit } from "./EvsFit.js";
import { fitGradientBasis } from "./fitGradientBasis.js";
import { MATRICES, RECORDS, SUBJECT, TestGradients } from "./testGradients.js";

describe("fitGradientBasis", () => {
  it("is what all gradients of the sample give at once", async () => {
    const source = new TestGradients();
    const seen: string[] = [];
    const onProgress = (done: number, all: number) => seen.push(`${done}/${all}`);
    const basis = await fitGradientBasis(source, RECORDS, SUBJECT, { onProgress });

    const sample = basisSample(RECORDS, SUBJECT.adapterWeightsRoot);
    const gradients = await Promise.all(sample.map((place) => source.of(RECORDS[place]!)));
    for (const [m, matrix] of MATRICES.entries()) {
      const expected = EvsFit.of(
        matrix,
        gradients.map((of) => of[m]!),
      );
      expect(basis.parts[m]!.axes).toEqual(expected.axes);
    }
    expect(basis.fittedOn).toMatchObject({ records: 20, sampled: 4 });
    expect(seen).toEqual(["1/8", "2/8", "3/8", "4/8", "5/8", "6/8", "7/8", "8/8"]);
  });

  it("names a record that is too long before any work is done", async () => {
    const source = new TestGradients();
    const records = [...RECORDS, Array(9).fill(1)];
    const fit = fitGradientBasis(source, records, SUBJECT);

    await expect(fit).rejects.toMatchObject({ code: "record_too_long", message: expect.stringContaining("record 20") });
    expect(source.asked).toBe(0);
  });

  it("names a record whose gradient is not finite", async () => {
    const source = new TestGradients();
    const sampled = basisSample(RECORDS, SUBJECT.adapterWeightsRoot)[2]!;
    const { AttributionError } = await import("../errors.js");
    const broken = {
      matrices: MATRICES,
      of: async (ids: readonly number[]) => {
        if (ids === RECORDS[sampled]) throw new AttributionError("not_finite", "the loss is NaN");
        return source.of(ids);
      },
    };
    const message = `record ${sampled}: the loss is NaN`;
    await expect(fitGradientBasis(broken, RECORDS, SUBJECT)).rejects.toMatchObject({ code: "not_finite", message });
  });

  it("refuses matrices that no file holds, and records of which none says anything", async () => {
    const wide = new TestGradients([{ name: "w", rows: 1, columns: 8193 }]);
    await expect(fitGradientBasis(wide, RECORDS, SUBJECT)).rejects.toMatchObject({ code: "invalid_request" });
    const none = fitGradientBasis(new TestGradients(), [[], []], SUBJECT);
    await expect(none).rejects.toMatchObject({ code: "invalid_request" });
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const onProgress = (done: number) => {
      if (done === 2) stop.abort(new Error("enough"));
    };
    const source = new TestGradients();
    const fit = fitGradientBasis(source, RECORDS, SUBJECT, { onProgress, signal: stop.signal });

    await expect(fit).rejects.toThrow("enough");
    expect(source.asked).toBe(2);
  });

  it("fits equal records, of which a score is finite", async () => {
    const basis = await fitGradientBasis(new TestGradients(), Array(12).fill([4, 2]), SUBJECT);
    const [first] = basis.whiten(await new TestGradients().of([4, 2]));
    expect(first!.every(Number.isFinite)).toBe(true);
  });
});
