/** Most bytes of an index's text, each record's end among them: 64 MiB. */
export const MAX_MATCH_TEXT_BYTES = 2 ** 26;

/** Most bytes of a piece of text that is proven about. */
export const MAX_MATCH_PIECE_BYTES = 2 ** 16;

/** Bytes under one leaf: 256 of text, or 64 numbers. The last leaf of a tree has what is left. */
export const MATCH_BLOCK_BYTES = 256;

/** Behind each record; no byte of UTF-8 is this one, so that no piece of text reaches over two records. */
export const MATCH_RECORD_END = 0xff;
