export { type Anvil, type AnvilOptions, startAnvil } from "./anvil.js";
export { findBinary, MissingBinaryError, type Platform, type Program } from "./binaries.js";
export { callRpc } from "./callRpc.js";
export { type DevnetConfig, type DevnetPorts, readDevnetConfig } from "./config.js";
export { DevnetError } from "./DevnetError.js";
export { compileContracts, type DeploymentFile } from "./deployment.js";
export { devAccounts } from "./devAccounts.js";
export { indexedBlock } from "./graphNode.js";
export { assertPortsFree, freePort, freePorts, PortTakenError } from "./ports.js";
export { type Postgres, type PostgresOptions, startPostgres } from "./postgres.js";
export { repositoryRoot } from "./repositoryRoot.js";
export { type ServiceExit, ServiceFailedError, ServiceProcess } from "./ServiceProcess.js";
export { StateLockedError } from "./StateLock.js";
export {
  type Devnet,
  type DevnetOptions,
  type DevnetProcessName,
  type DevnetProgress,
  type DevnetServiceName,
  type DevnetUrls,
  devnetServices,
  startDevnet,
} from "./startDevnet.js";
