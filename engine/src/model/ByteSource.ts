import { type FileHandle, open, stat } from "node:fs/promises";
import { ModelError } from "./errors.js";

/** Bytes that are read by range: a file that need not fit in memory, or bytes that are there already. */
export interface ByteSource {
  /** Names the source in errors. */
  readonly name: string;
  readonly size: number;
  /**
   * Fills `target` from `position` on, both within the size.
   *
   * @throws ModelError `weights_malformed` when the file has become shorter
   */
  read(target: Uint8Array, position: number): Promise<void>;
  close(): Promise<void>;
}

/** Bytes that are asked of the system at once: Node ends the process for 2^31 or more. */
const PIECE = 2 ** 30;

/**
 * @param piece bytes that are asked of the system at once
 * @throws ModelError `file_unreadable` when there is no such file, or it is none
 */
export async function openFile(path: string, piece = PIECE): Promise<ByteSource> {
  try {
    // Asked first: opening a pipe would wait for its writer.
    if (!(await stat(path)).isFile()) throw new Error("it is not a file");
    const handle = await open(path, "r");
    return new FileSource(path, (await handle.stat()).size, handle, piece);
  } catch (cause) {
    throw new ModelError("file_unreadable", `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

export function bytesSource(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    async read(target, position) {
      target.set(bytes.subarray(position, position + target.byteLength));
    },
    async close() {},
  };
}

class FileSource implements ByteSource {
  constructor(
    readonly name: string,
    readonly size: number,
    private readonly handle: FileHandle,
    private readonly piece: number,
  ) {}

  async read(target: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < target.byteLength; ) {
      const length = Math.min(this.piece, target.byteLength - done);
      const { bytesRead } = await this.handle.read(target, done, length, position + done);
      if (bytesRead === 0) {
        const missing = target.byteLength - done;
        throw new ModelError("weights_malformed", `${this.name} ended ${missing} bytes early while it was read`);
      }
      done += bytesRead;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
