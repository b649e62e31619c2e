/** The `data` lines of a server-sent event stream, as they come. @throws RangeError past `limit` bytes. */
export async function* readEventStream(body: ReadableStream<Uint8Array>, limit: number): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let held = "";
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      size += value?.length ?? 0;
      if (size > limit) {
        reader.cancel().catch(() => {});
        throw new RangeError(`a stream of more than ${limit} bytes`);
      }
      held += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = held.split(/\r\n|\n|\r(?=.)/);
      held = done ? "" : (lines.pop() ?? "");
      for (const line of lines) {
        if (line.startsWith("data:")) yield line.slice(5).replace(/^ /, "");
      }
      if (done) return;
    }
  } finally {
    reader.releaseLock();
  }
}
