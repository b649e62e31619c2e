export { type AppConfig, readAppConfig } from "./config.js";
export { type AppDeps, createApp } from "./createApp.js";
export { readStatus, type StatusSources } from "./readStatus.js";
export type {
  AnswerStatus,
  CardStatus,
  DatanetStatus,
  EpochStatus,
  ModelStatus,
  ServiceStatus,
  Status,
} from "./Status.js";
