type Numbers = Uint8Array | Uint32Array | Float64Array | BigUint64Array;

/**
 * The same numbers with room for `length` of them: the same array where it has it, else one that is twice as long, `most` at the
 * longest, however much more is needed.
 */
export function grown<T extends Numbers>(array: T, length: number, most = Number.POSITIVE_INFINITY): T {
  if (length <= array.length) return array;
  const Wider = array.constructor as new (length: number) => T;
  const wider = new Wider(Math.max(length, Math.min(most, 2 * array.length)));
  wider.set(array as never);
  return wider;
}
