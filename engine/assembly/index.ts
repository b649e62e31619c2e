export { exponents, greatest, pad, remember, settle, sums, weigh } from "./attention";
export { dots, dotsOfTwo, firstPair, mixPair, nextPair, placeScores, scaleRow, scorePair } from "./products";
export {
  add,
  cubic,
  gate,
  integerLogits,
  multiply,
  normHeads,
  normScale,
  quantize,
  quantizeRest,
  rotate,
  rowScale,
  sigmoid,
  sumSquares,
} from "./rows";
