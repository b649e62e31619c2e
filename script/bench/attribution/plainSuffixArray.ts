/**
 * Suffix arrays by induced sorting in plain JavaScript on typed arrays, as it is commonly written, for comparison with the
 * engine's (Nong, Zhang and Chan 2011).
 *
 * @param text `[n]`
 * @returns `[n]`, where the suffix of each rank begins
 */
export function plainSuffixArray(text: Uint8Array): Int32Array {
  return sort(text, 256);
}

type Symbols = Uint8Array | Int32Array;

function sort(text: Symbols, symbols: number): Int32Array {
  const n = text.length;
  const order = new Int32Array(n);
  if (n < 2) return order;
  const isS = typesOf(text);
  const isLms = (i: number) => i > 0 && isS[i] === 1 && isS[i - 1] === 0;
  const lms = Int32Array.from({ length: n }, (_, i) => i).filter(isLms);
  induce(text, symbols, isS, lms, order);
  if (lms.length < 2) return order;

  // pieces from one LMS suffix to the next, numbered in the order in which they came out
  const sorted = order.filter(isLms);
  const names = new Int32Array(n).fill(-1);
  let name = 0;
  names[sorted[0]!] = 0;
  for (let k = 1; k < sorted.length; k++) {
    if (!arePiecesEqual(text, isLms, sorted[k - 1]!, sorted[k]!)) name++;
    names[sorted[k]!] = name;
  }
  if (name + 1 < lms.length) {
    const ranks = sort(
      lms.map((i) => names[i]!),
      name + 1,
    );
    induce(
      text,
      symbols,
      isS,
      ranks.map((k) => lms[k]!),
      order,
    );
  } else induce(text, symbols, isS, sorted, order);
  return order;
}

/** 1 where a suffix is less than the one after it; the last is not. */
function typesOf(text: Symbols): Uint8Array {
  const isS = new Uint8Array(text.length);
  for (let i = text.length - 2; i >= 0; i--) {
    if (text[i]! < text[i + 1]! || (text[i] === text[i + 1] && isS[i + 1] === 1)) isS[i] = 1;
  }
  return isS;
}

function induce(text: Symbols, symbols: number, isS: Uint8Array, lms: Int32Array, order: Int32Array): void {
  const n = text.length;
  const starts = new Int32Array(symbols + 1);
  for (let i = 0; i < n; i++) starts[text[i]! + 1]!++;
  for (let c = 0; c < symbols; c++) starts[c + 1]! += starts[c]!;

  order.fill(-1);
  let tails = starts.slice(1);
  for (let k = lms.length - 1; k >= 0; k--) order[--tails[text[lms[k]!]!]!] = lms[k]!;

  const heads = starts.slice(0, symbols);
  order[heads[text[n - 1]!]!++] = n - 1;
  for (let p = 0; p < n; p++) {
    const i = order[p]! - 1;
    if (i >= 0 && isS[i] === 0) order[heads[text[i]!]!++] = i;
  }
  tails = starts.slice(1);
  for (let p = n - 1; p >= 0; p--) {
    const i = order[p]! - 1;
    if (i >= 0 && isS[i] === 1) order[--tails[text[i]!]!] = i;
  }
}

function arePiecesEqual(text: Symbols, isLms: (i: number) => boolean, a: number, b: number): boolean {
  for (let k = 0; ; k++) {
    if (a + k === text.length || b + k === text.length || text[a + k] !== text[b + k]) return false;
    if (k > 0 && (isLms(a + k) || isLms(b + k))) return isLms(a + k) && isLms(b + k);
  }
}
