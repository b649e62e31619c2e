export { type Anvil, type AnvilOptions, startAnvil } from "./anvil.js";
export { findBinary, MissingBinaryError, type Platform, type Program } from "./binaries.js";
export { callRpc } from "./callRpc.js";
export { DevnetError } from "./DevnetError.js";
export { assertPortsFree, freePort, freePorts, PortTakenError } from "./ports.js";
export { type Postgres, type PostgresOptions, startPostgres } from "./postgres.js";
export { type ServiceExit, ServiceFailedError, ServiceProcess } from "./ServiceProcess.js";
