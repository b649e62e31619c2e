/** Characters of a message that are told. */
const MAX_SHOWN = 400;

/** What a stranger's file made of a message: short, and text that can be written. */
export function shown(message: string): string {
  return message.slice(0, MAX_SHOWN).replace(/\p{Surrogate}/gu, "\ufffd");
}
