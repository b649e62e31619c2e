/** What a person may want to know, one line each. */
export interface Log {
  info(message: string): void;
  /** Something is wrong and the oracle goes on. */
  fault(message: string, error?: unknown): void;
}

export const consoleLog: Log = {
  info: (message) => console.log(`${new Date().toISOString()} ${message}`),
  fault: (message, error) => {
    const reason = error === undefined ? "" : `: ${error instanceof Error ? error.message : String(error)}`;
    console.error(`${new Date().toISOString()} ${message}${reason}`);
  },
};
