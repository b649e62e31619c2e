/**
 * The status page over HTTP: a static page, its two files, `/status.json` and `/health`. It reads only.
 *
 * Names and paths shown come from strangers: the page puts them in as text, and the policy below lets no script run
 * but its own file.
 */
import { fileURLToPath } from "node:url";
import express, { type Express } from "express";
import type { Status } from "./Status.js";

export interface AppDeps {
  readonly readStatus: () => Promise<Status>;
  /** Receives what went wrong inside. */
  readonly onFault: (error: unknown) => void;
}

const publicFolder = fileURLToPath(new URL("../public/", import.meta.url));

const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** The application without a server. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use((_request, response, next) => {
    response.set(headers);
    next();
  });

  const readOnce = shareWhileRunning(deps.readStatus);
  app.get("/status.json", async (_request, response) => {
    response.set("cache-control", "no-store").json(await readOnce());
  });
  app.get("/health", (_request, response) => {
    response.json({ status: "ok" });
  });
  app.use(express.static(publicFolder, { index: "index.html", dotfiles: "ignore" }));

  app.use((_request, response) => {
    response.status(404).json({ error: { code: "route_not_found", message: "No such page." } });
  });
  app.use(((error, _request, response, next) => {
    deps.onFault(error);
    if (response.headersSent) next(error);
    else response.status(500).json({ error: { code: "internal", message: "The page failed; its log says why." } });
  }) satisfies express.ErrorRequestHandler);
  return app;
}

/** However many ask at once, the services are asked once. */
function shareWhileRunning<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= read().finally(() => {
      running = undefined;
    });
    return running;
  };
}
