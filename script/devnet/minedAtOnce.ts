import { callRpc } from "./callRpc.js";

/**
 * Does something while anvil mines a block for each transaction as it comes. Of two transactions of one account anvil
 * loses the later one for ever if it arrives just as a block is mined with the earlier one, as blocks by the clock are:
 * who sends many waits for each.
 */
export async function minedAtOnce<T>(rpcUrl: string, blockTimeSeconds: number, action: () => Promise<T>): Promise<T> {
  await callRpc(rpcUrl, "evm_setIntervalMining", [0]);
  await callRpc(rpcUrl, "evm_setAutomine", [true]);
  const mineByTheClock = () => callRpc(rpcUrl, "evm_setIntervalMining", [blockTimeSeconds]);
  let result: T;
  try {
    result = await action();
  } catch (error) {
    // A chain that has ended needs no clock.
    await mineByTheClock().catch(() => {});
    throw error;
  }
  await mineByTheClock();
  return result;
}
