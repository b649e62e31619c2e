import { open, rename } from "node:fs/promises";

/** A file being written. */
export interface BlockFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when the bytes are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What the store writes through: the file system, or in tests one that fails. */
export interface BlockFiles {
  /** @throws when the file exists already. */
  create(path: string): Promise<BlockFile>;
  /** Gives a file its last name, in place of what had it. */
  rename(from: string, to: string): Promise<void>;
}

export const diskBlockFiles: BlockFiles = {
  create: async (path) => {
    const file = await open(path, "wx", 0o644);
    return {
      write: (bytes) => file.writeFile(bytes),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  rename,
};
