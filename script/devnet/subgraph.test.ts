import { expect, test } from "vitest";
import { fillManifest } from "./subgraph.js";

const manifest = `dataSources:
  - kind: ethereum/contract
    name: ModelRegistry
    network: placeholder
    source:
      address: "0x0000000000000000000000000000000000000000"
      abi: ModelRegistry
      startBlock: 0
    mapping:
      abis:
        - name: ModelRegistry
          file: abis/ModelRegistry.json
  - kind: ethereum/contract
    name: StakingManager
    network: placeholder
    source:
      address: "0x0000000000000000000000000000000000000000"
      abi: StakingManager
      startBlock: 0
`;
const models = "0x1111111111111111111111111111111111111111";
const staking = "0x2222222222222222222222222222222222222222";

test("each data source gets its contract's address, the network and the start block", () => {
  const addresses = { stakingManager: staking, modelRegistry: models } as const;

  const filled = fillManifest(manifest, { chainId: 31_337, startBlock: 12, addresses }, "anvil");

  expect(filled).toBe(
    manifest
      .replaceAll("placeholder", "anvil")
      .replaceAll("startBlock: 0", "startBlock: 12")
      .replace("0x0000000000000000000000000000000000000000", models)
      .replace("0x0000000000000000000000000000000000000000", staking),
  );
});

test("a data source that is no contract of the deployment is named", () => {
  const deployment = { chainId: 31_337, startBlock: 1, addresses: { modelRegistry: models } } as const;

  expect(() => fillManifest(manifest, deployment, "anvil")).toThrow("data source StakingManager is no contract");
});
