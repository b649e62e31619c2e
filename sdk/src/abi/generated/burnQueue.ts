// Generated from the contracts by "npm run codegen".
export const burnQueueAbi = [
  {"type":"constructor","inputs":[{"name":"token_","type":"address","internalType":"address"},{"name":"nativeQueue_","type":"address","internalType":"address"}],"stateMutability":"nonpayable"},
  {"type":"function","name":"bridge","inputs":[],"outputs":[{"name":"","type":"address","internalType":"address"}],"stateMutability":"view"},
  {"type":"function","name":"flush","inputs":[],"outputs":[{"name":"amount","type":"uint256","internalType":"uint256"}],"stateMutability":"nonpayable"},
  {"type":"function","name":"flushed","inputs":[],"outputs":[{"name":"","type":"uint256","internalType":"uint256"}],"stateMutability":"view"},
  {"type":"function","name":"nativeQueue","inputs":[],"outputs":[{"name":"","type":"address","internalType":"address"}],"stateMutability":"view"},
  {"type":"function","name":"token","inputs":[],"outputs":[{"name":"","type":"address","internalType":"address"}],"stateMutability":"view"},
  {"type":"event","name":"Flushed","inputs":[{"name":"caller","type":"address","indexed":true,"internalType":"address"},{"name":"amount","type":"uint256","indexed":false,"internalType":"uint256"},{"name":"flushedAfter","type":"uint256","indexed":false,"internalType":"uint256"}],"anonymous":false},
  {"type":"error","name":"BurnQueue_Empty","inputs":[]},
  {"type":"error","name":"BurnQueue_NotTaken","inputs":[{"name":"left","type":"uint256","internalType":"uint256"}]},
  {"type":"error","name":"BurnQueue_WrongMode","inputs":[{"name":"isBridged","type":"bool","internalType":"bool"},{"name":"nativeQueue","type":"address","internalType":"address"}]},
  {"type":"error","name":"BurnQueue_ZeroToken","inputs":[]},
  {"type":"error","name":"ReentrancyGuardReentrantCall","inputs":[]},
] as const;
