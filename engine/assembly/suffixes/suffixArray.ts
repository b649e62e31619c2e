/**
 * Suffix arrays by induced sorting (Nong, Zhang and Chan, "Two Efficient Algorithms for Linear Time Suffix Array
 * Construction", 2011), in the array itself and one room for buckets.
 *
 * The end of the text counts as less than every symbol. A suffix is of type L where the one after it is less, else of type
 * S; an LMS suffix is of type S with one of type L before it. Types are never stored: whoever reads suffix j before its
 * scan reaches the suffix before it knows j's type, and the two symbols tell the rest.
 */

/** Symbol `i` of a text of `T`. */
function at<T>(text: usize, i: i32): i32 {
  return <i32>load<T>(text + ((<usize>i) << alignof<T>()));
}

function get(a: usize, i: i32): i32 {
  return load<i32>(a + ((<usize>i) << 2));
}

function set(a: usize, i: i32, value: i32): void {
  store<i32>(a + ((<usize>i) << 2), value);
}

/** Entries that a scan looks ahead. */
const AHEAD: i32 = 32;

/** Keeps what was read ahead from being left out as of no use. */
export let touched: i32 = 0;

/**
 * Reads the symbol before suffix `order[p]`, so that it is near when the scan comes to it: the reads of a scan are scattered
 * over the text, and one alone would wait for each.
 */
function ahead<T>(text: usize, order: usize, p: i32, n: i32): i32 {
  const at0 = select<i32>(p, 0, <u32>p < <u32>n);
  return at<T>(text, max(get(order, at0), 1) - 1);
}

/**
 * Writes the suffixes of a text of bytes in order.
 *
 * @param text `[n]` u8
 * @param n 0 to 2^30
 * @param order `[n]` i32, written: `order[r]` is where the suffix of rank r begins
 * @param room `[max(256, n / 2)]` i32, overwritten
 */
export function suffixArray(text: usize, n: i32, order: usize, room: usize): void {
  sort<u8>(text, n, order, 256, room);
}

function sort<T>(text: usize, n: i32, order: usize, symbols: i32, room: usize): void {
  if (n < 2) {
    if (n === 1) set(order, 0, 0);
    return;
  }
  memory.fill(order, 0, (<usize>n) << 2);
  const count = sortPieces<T>(text, n, order, symbols, room);
  if (count > 1) {
    const names = namePieces<T>(text, n, order, count);
    sortLms<T>(text, n, order, count, names, room);
  }
  // what is sorted are the LMS suffixes: the rest follows from them
  memory.fill(order + ((<usize>count) << 2), 0, (<usize>(n - count)) << 2);
  ends<T>(text, n, symbols, room);
  for (let i = count - 1; i >= 0; i--) {
    const j = get(order, i);
    set(order, i, 0);
    const c = at<T>(text, j);
    const place = get(room, c) - 1;
    set(room, c, place);
    set(order, place, j);
  }
  induce<T>(text, n, order, symbols, room);
}

/** Sorts the pieces between LMS suffixes; returns how many there are, `order` beginning with them. */
function sortPieces<T>(text: usize, n: i32, order: usize, symbols: i32, room: usize): i32 {
  ends<T>(text, n, symbols, room);
  let next = at<T>(text, n - 1);
  let falls = true; // the suffix after i is of type L
  for (let i = n - 2; i >= 0; i--) {
    const c = at<T>(text, i);
    if (c > next) {
      if (!falls) place(order, room, next, i + 1);
      falls = true;
    } else if (c < next) falls = false;
    next = c;
  }

  starts<T>(text, n, symbols, room);
  let c0 = at<T>(text, n - 1);
  let to = get(room, c0);
  set(order, to++, at<T>(text, n - 2) < c0 ? ~(n - 1) : n - 1);
  for (let p = 0; p < n; p++) {
    const j = get(order, p);
    touched += ahead<T>(text, order, p + AHEAD, n);
    if (j > 0) {
      const i = j - 1;
      const c = at<T>(text, i);
      set(order, p, 0);
      if (c !== c0) {
        set(room, c0, to);
        c0 = c;
        to = get(room, c);
      }
      set(order, to++, i > 0 && at<T>(text, i - 1) < c ? ~i : i);
    } else if (j < 0) set(order, p, ~j);
  }

  ends<T>(text, n, symbols, room);
  c0 = 0;
  to = get(room, c0);
  for (let p = n - 1; p >= 0; p--) {
    const j = get(order, p);
    touched += ahead<T>(text, order, p - AHEAD, n);
    if (j <= 0) continue;
    const i = j - 1;
    const c = at<T>(text, i);
    set(order, p, 0);
    if (c !== c0) {
      set(room, c0, to);
      c0 = c;
      to = get(room, c);
    }
    set(order, --to, i > 0 && at<T>(text, i - 1) > c ? ~i : i);
  }

  let count = 0;
  for (let p = 0; p < n; p++) {
    const j = get(order, p);
    if (j < 0) set(order, count++, ~j);
  }
  return count;
}

/**
 * Gives equal pieces one number, in order, 1 the least: that of the piece at j stands at `order[count + j / 2]`, where
 * nothing else does, LMS suffixes lying two symbols apart or more. Returns how many numbers there are.
 */
function namePieces<T>(text: usize, n: i32, order: usize, count: i32): i32 {
  const named = order + ((<usize>count) << 2);
  memory.fill(named, 0, (<usize>(n - count)) << 2);
  // lengths first, both ends counted; the last piece ends after the text
  let end = n;
  let next = at<T>(text, n - 1);
  let falls = true;
  for (let i = n - 2; i >= 0; i--) {
    const c = at<T>(text, i);
    if (c > next) {
      if (!falls) {
        set(named, (i + 1) >> 1, end - i);
        end = i + 1;
      }
      falls = true;
    } else if (c < next) falls = false;
    next = c;
  }
  let name = 0;
  let last = 0;
  let lastLength = -1;
  for (let i = 0; i < count; i++) {
    const j = get(order, i);
    const length = get(named, j >> 1);
    if (length !== lastLength || j + length > n || last + length > n || !equal<T>(text, j, last, length)) name++;
    set(named, j >> 1, name);
    last = j;
    lastLength = length;
  }
  return name;
}

function equal<T>(text: usize, a: i32, b: i32, length: i32): bool {
  for (let k = 0; k < length; k++) if (at<T>(text, a + k) !== at<T>(text, b + k)) return false;
  return true;
}

/** Sorts the LMS suffixes by the numbers of their pieces: `order` begins with them. */
function sortLms<T>(text: usize, n: i32, order: usize, count: i32, names: i32, room: usize): void {
  const rest = order + ((<usize>(n - count)) << 2);
  let to = n - 1;
  for (let i = n - 1; i >= count; i--) {
    const name = get(order, i);
    if (name > 0) set(order, to--, name - 1);
  }
  if (names < count) sort<i32>(rest, count, order, names, room);
  else for (let i = 0; i < count; i++) set(order, get(rest, i), i);

  let next = at<T>(text, n - 1);
  let falls = true;
  let found = count;
  for (let i = n - 2; i >= 0; i--) {
    const c = at<T>(text, i);
    if (c > next) {
      if (!falls) set(rest, --found, i + 1);
      falls = true;
    } else if (c < next) falls = false;
    next = c;
  }
  for (let i = 0; i < count; i++) set(order, i, get(rest, get(order, i)));
}

/** From LMS suffixes in order at the ends of their buckets, all suffixes in order. */
function induce<T>(text: usize, n: i32, order: usize, symbols: i32, room: usize): void {
  starts<T>(text, n, symbols, room);
  let c0 = at<T>(text, n - 1);
  let to = get(room, c0);
  set(order, to++, at<T>(text, n - 2) < c0 ? ~(n - 1) : n - 1);
  for (let p = 0; p < n; p++) {
    const j = get(order, p);
    touched += ahead<T>(text, order, p + AHEAD, n);
    set(order, p, ~j);
    if (j <= 0) continue;
    const i = j - 1;
    const c = at<T>(text, i);
    if (c !== c0) {
      set(room, c0, to);
      c0 = c;
      to = get(room, c);
    }
    set(order, to++, i > 0 && at<T>(text, i - 1) < c ? ~i : i);
  }

  ends<T>(text, n, symbols, room);
  c0 = 0;
  to = get(room, c0);
  for (let p = n - 1; p >= 0; p--) {
    const j = get(order, p);
    touched += ahead<T>(text, order, p - AHEAD, n);
    if (j <= 0) {
      set(order, p, ~j);
      continue;
    }
    const i = j - 1;
    const c = at<T>(text, i);
    if (c !== c0) {
      set(room, c0, to);
      c0 = c;
      to = get(room, c);
    }
    set(order, --to, i === 0 || at<T>(text, i - 1) > c ? ~i : i);
  }
}

function place(order: usize, room: usize, symbol: i32, suffix: i32): void {
  const to = get(room, symbol) - 1;
  set(room, symbol, to);
  set(order, to, suffix);
}

function counts<T>(text: usize, n: i32, symbols: i32, room: usize): void {
  memory.fill(room, 0, (<usize>symbols) << 2);
  for (let i = 0; i < n; i++) {
    const c = at<T>(text, i);
    set(room, c, get(room, c) + 1);
  }
}

function starts<T>(text: usize, n: i32, symbols: i32, room: usize): void {
  counts<T>(text, n, symbols, room);
  let sum = 0;
  for (let c = 0; c < symbols; c++) {
    const count = get(room, c);
    set(room, c, sum);
    sum += count;
  }
}

function ends<T>(text: usize, n: i32, symbols: i32, room: usize): void {
  counts<T>(text, n, symbols, room);
  let sum = 0;
  for (let c = 0; c < symbols; c++) {
    sum += get(room, c);
    set(room, c, sum);
  }
}
