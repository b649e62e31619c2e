/**
 * Text of foreign making as PostgreSQL takes it: neither its text nor its jsonb holds a NUL. Anyone can put one into a
 * name on the chain or into an answer; it must not stop what follows.
 */
export function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}
