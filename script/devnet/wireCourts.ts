import { encodeFunctionData, type Hex, parseAbi, toFunctionSelector } from "viem";
import { callRpc } from "./callRpc.js";
import type { DeploymentFile } from "./deployment.js";
import { devAccounts } from "./devAccounts.js";

const manager = parseAbi([
  "function canCall(address caller, address target, bytes4 selector) view returns (bool, uint32)",
  "function setTargetFunctionRole(address target, bytes4[] selectors, uint64 role)",
  "function grantRole(uint64 role, address account, uint32 delay)",
]);

const SLASHER = 5n;
const COURT = 6n;
const slashing = [
  "function lock(address operator, uint8 role, uint96 amount)",
  "function unlock(address operator, uint8 role, uint96 amount)",
  "function slash((address, uint8, uint96, address, uint16, address, uint96))",
].map((text) => toFunctionSelector(text));
const trying = [
  "function openCase(((uint64,address,uint64,uint96,uint96,bytes32,bytes32),bytes32,bytes32[]),((bytes32,uint64,uint64,uint96,uint96,uint32,uint32,bytes32,bytes32,bytes32,bytes32,bytes32),uint64,uint64,bytes32[]))",
  "function strike(uint64 batch, uint32 index, address bountyTo)",
  "function clear(uint64 batch, uint32 index)",
].map((text) => toFunctionSelector(text));

/** Gives the courts the roles by which they judge, where the deployment on a local chain has not. Each transaction must be mined as it comes. */
export async function wireCourts(rpcUrl: string, { addresses }: DeploymentFile): Promise<void> {
  const { accessManager, stakingManager, receiptCourt, disputeManager } = addresses as Record<string, Hex>;
  const data = encodeFunctionData({
    abi: manager,
    functionName: "canCall",
    args: [receiptCourt!, stakingManager!, slashing[0]!],
  });
  const may = await callRpc(rpcUrl, "eth_call", [{ to: accessManager, data }, "latest"]);
  if (BigInt((may as Hex).slice(0, 66)) === 1n) return;
  for (const data of [
    encodeFunctionData({
      abi: manager,
      functionName: "setTargetFunctionRole",
      args: [stakingManager!, slashing, SLASHER],
    }),
    encodeFunctionData({ abi: manager, functionName: "setTargetFunctionRole", args: [receiptCourt!, trying, COURT] }),
    encodeFunctionData({ abi: manager, functionName: "grantRole", args: [SLASHER, receiptCourt!, 0] }),
    encodeFunctionData({ abi: manager, functionName: "grantRole", args: [SLASHER, disputeManager!, 0] }),
    encodeFunctionData({ abi: manager, functionName: "grantRole", args: [COURT, disputeManager!, 0] }),
  ]) {
    await callRpc(rpcUrl, "eth_sendTransaction", [{ from: devAccounts.deployer.address, to: accessManager, data }]);
  }
}
