import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findGaps } from "./findGaps.js";
import { mergeDocs } from "./mergeDocs.js";
import { publish } from "./publish.js";
import type { AbiItem } from "./readAbi.js";
import { type ContractDocs, readDocs } from "./readDocs.js";
import { readRoles } from "./readRoles.js";
import { renderReference } from "./renderReference.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openledger-reference-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pay: AbiItem = {
  type: "function",
  name: "pay",
  stateMutability: "nonpayable",
  inputs: [{ name: "to", type: "tuple", internalType: "struct IPurse.Payee", components: [{ type: "address" }] }],
  outputs: [{ name: "", type: "uint96" }],
};
const paid: AbiItem = { type: "event", name: "Paid", inputs: [{ name: "to", type: "address", indexed: true }] };

const docs = (entries: ContractDocs["entries"]): ContractDocs => ({ entries });
const told = { notice: "Pays.", params: { to: "Who is paid." }, returns: { _0: "Base units." } };

describe("the reference", () => {
  it("tells of each entry its signature, what it does, who may call it and what its values mean", () => {
    const page = renderReference({
      name: "Purse",
      notice: "Holds coins.",
      links: "How it goes: there.",
      abi: [paid, pay],
      entries: new Map([["pay((address))", { ...told, details: "Once." }]]),
      roles: new Map([["Purse.pay", "ADMIN"]]),
    });

    expect(page).toBe(
      `${[
        '<!-- Generated from the contracts by "npm run codegen". -->',
        "# Purse",
        "Holds coins.",
        "How it goes: there.",
        "## Functions",
        "### pay",
        "```solidity\nfunction pay(Payee to) external returns (uint96)\n```",
        "Pays.",
        "Once.",
        "Only role `ADMIN`.",
        "- `to`: Who is paid.\n- returns: Base units.",
        "## Events",
        "### Paid",
        "```solidity\nevent Paid(address indexed to)\n```",
      ].join("\n\n")}\n`,
    );
  });

  it("takes an entry from the interface, and what that does not have from the contract", () => {
    const specified = docs(new Map([["pay((address))", told]]));
    const written = docs(
      new Map([
        ["pay((address))", { notice: "Pays, on the stack.", params: {}, returns: {} }],
        ["own()", { notice: "Its own.", params: {}, returns: {} }],
      ]),
    );

    expect([...mergeDocs([specified, written]).values()].map(({ notice }) => notice)).toEqual(["Pays.", "Its own."]);
  });

  it("misses a notice, a parameter and a return value that nobody wrote", () => {
    expect(findGaps([pay], new Map([["pay((address))", told]]))).toEqual([]);
    expect(findGaps([pay, paid], new Map([["event Paid(address)", { ...told, params: {} }]]))).toEqual([
      "pay((address)): no @notice",
      "pay((address)): no @param to",
      "pay((address)): no @return _0",
      "event Paid(address): no @param to",
    ]);
  });

  it("reads what the compiler says of functions, events and errors", () => {
    const error = "Purse_Empty(address)";
    const rawMetadata = JSON.stringify({
      output: {
        userdoc: { notice: "Holds coins.", methods: { "pay()": { notice: "Pays." } }, errors: { [error]: [{}] } },
        devdoc: { methods: { "pay()": { details: "Once." } }, errors: { [error]: [{ params: { to: "Whom." } }] } },
      },
    });
    mkdirSync(join(folder, "Purse.sol"));
    writeFileSync(join(folder, "Purse.sol", "Purse.json"), JSON.stringify({ abi: [], rawMetadata }));

    const { notice, entries } = readDocs(folder, "Purse");

    expect(notice).toBe("Holds coins.");
    expect(entries.get("pay()")).toEqual({ notice: "Pays.", details: "Once.", params: {}, returns: {} });
    expect(entries.get(`error ${error}`)).toEqual({ params: { to: "Whom." }, returns: {} });
  });

  it("finds the roles in the deployment's wiring", () => {
    const wiring = `
      r[0] = Restriction(address(d.purse), Roles.ADMIN, _both(IPurse.open.selector, IPurse.close.selector));
      bits[0] = PauseBit(
          address(d.purse), IPurse.pausePayments.selector, exit, "purse");
      function _stakeTouching(Deployment memory d) { proxies[0] = address(d.courts.bench); }
      function _otherProxies(Deployment memory d) { proxies[0] = address(d.purse); }`;

    expect(Object.fromEntries(readRoles(wiring, "struct D {\n Purse purse;\n Bench bench;\n}"))).toEqual({
      "Purse.open": "ADMIN",
      "Purse.close": "ADMIN",
      "Purse.pausePayments": "BRAKE",
      "Bench.upgradeToAndCall": "STAKING",
      "Purse.upgradeToAndCall": "UPGRADES",
    });
  });
});

describe("what is generated", () => {
  const generated = { folders: ["made"], files: new Map([["made/new.md", "new"]]) };

  it("replaces what an earlier run left", () => {
    mkdirSync(join(folder, "made"));
    writeFileSync(join(folder, "made", "old.md"), "old");

    expect(publish(folder, generated, "write")).toEqual(["made/new.md", "made/old.md"]);
    expect(readFileSync(join(folder, "made", "new.md"), "utf8")).toBe("new");
    expect(existsSync(join(folder, "made", "old.md"))).toBe(false);
    expect(publish(folder, generated, "check")).toEqual([]);
  });

  it("is only compared where that is asked for", () => {
    expect(publish(folder, generated, "check")).toEqual(["made/new.md"]);
    expect(existsSync(join(folder, "made"))).toBe(false);
  });
});
