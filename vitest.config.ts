import { defineConfig } from "vitest/config";

// Tests run as compiled by `tsc -b`: what is tested is what ships, worker threads included.
export default defineConfig({
  test: {
    include: ["{sdk,engine,store,runner,oracle,cli,app,script,test}/dist/**/*.test.js"],
    exclude: ["**/node_modules/**"],
    pool: "forks",
    // Two at once even on two cores: most of the time is spent waiting for blocks.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
