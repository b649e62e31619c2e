import fc from "fast-check";
import { expect, test } from "vitest";
import { LINE, StepMemory } from "./StepMemory.js";

test("pieces do not overlap, whichever are given back in between", () => {
  const size = fc.integer({ min: 1, max: 9 * LINE });
  fc.assert(
    fc.property(fc.array(fc.tuple(size, fc.nat({ max: 99 }), fc.boolean()), { maxLength: 60 }), (actions) => {
      const memory = new StepMemory();
      const held: { readonly pointer: number; readonly bytes: number }[] = [];
      for (const [bytes, which, gives] of actions) {
        if (gives && held.length > 0) {
          memory.give(held.splice(which % held.length, 1)[0]!.pointer);
          continue;
        }
        const pointer = memory.take(bytes);
        expect(pointer % LINE).toBe(0);
        expect(pointer).toBeGreaterThan(0);
        expect(held.every((other) => pointer + bytes <= other.pointer || other.pointer + other.bytes <= pointer)).toBe(
          true,
        );
        held.push({ pointer, bytes });
      }
    }),
  );
});

test("memory given back serves pieces of any other size", () => {
  const memory = new StepMemory();
  const megabyte = 2 ** 20;
  for (let bytes = 1; bytes < 4 * megabyte; bytes = Math.ceil(bytes * 1.3)) {
    const pieces = [bytes, 3 * bytes, 7].map((each) => memory.take(each));
    for (const piece of [pieces[1]!, pieces[0]!, pieces[2]!]) memory.give(piece);
  }
  expect(memory.memory.buffer.byteLength).toBeLessThan(20 * megabyte);
  const [first, second] = [memory.take(megabyte), memory.take(megabyte)];
  memory.give(first);
  expect(memory.take(megabyte / 2)).toBe(first);
  expect(memory.take(megabyte / 4)).toBe(first + megabyte / 2);
  expect(memory.take(megabyte)).toBeGreaterThan(second);
});

test("what was not given out cannot be given back", () => {
  const memory = new StepMemory();
  const piece = memory.take(1);
  memory.give(piece);
  expect(() => memory.give(piece)).toThrow(/was not given out/);
});
