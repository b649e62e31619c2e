/**
 * What `settle` is told to expect: the split's `configCode` in the lowest 32 bits, above it what the batch settles in all.
 *
 * @param amount Base units, below 2^96. Undefined: any amount.
 */
export function settlementExpectation(configCode: number, amount = 0n): bigint {
  return (amount << 32n) | BigInt(configCode);
}
