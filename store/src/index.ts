export { type BlockFile, type BlockFiles, diskBlockFiles } from "./BlockFiles.js";
export { BlockStore, maxBlockBytes, type OpenBlock, type StoredBlock } from "./BlockStore.js";
export { readStoreConfig, type StoreConfig } from "./config.js";
export { type ContentHash, contentIdOf, digestOf, isContentId } from "./contentId.js";
export { createStoreApp, type StoreAppDeps } from "./createStoreApp.js";
export { StoreError, type StoreErrorCode } from "./StoreError.js";
