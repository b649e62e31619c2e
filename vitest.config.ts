import { defineConfig } from "vitest/config";

/** Tests that read nothing that forge writes: they run beside it. */
const APART = [
  "{engine,sdk,store,cli,app}/dist/**/*.test.js",
  "script/dist/{bench,card,erase,progress,registered,standings,truth}/**/*.test.js",
];
const EXACT = "engine/dist/exact/**/*.test.js";
/** Modules are loaded once a process, not once a file: a tenth of the whole time. */
const shared = { isolate: false } as const;

// Tests run as compiled by `tsc -b`: what is tested is what ships, worker threads included.
export default defineConfig({
  test: {
    // Two at once even on two cores: most of the time is spent waiting for blocks.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { ...shared, name: "apart", include: APART, exclude: [EXACT] } },
      // Long loops over numbers: in a process that has run other programs through the same functions, V8 has given up making
      // them fast.
      { extends: true, test: { name: "exact", include: [EXACT], sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: {
          ...shared,
          name: "chain",
          include: ["{runner,oracle,script,test}/dist/**/*.test.js"],
          exclude: APART,
          sequence: { groupOrder: 2 },
        },
      },
    ],
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
