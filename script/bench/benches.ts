import { attribution } from "./attribution/attribution.js";
import type { Bench } from "./bench.js";
import { copies } from "./copies.js";
import { exact } from "./exact.js";
import { gas } from "./gas.js";
import { serve } from "./serve.js";
import { training } from "./training.js";
import { groundTruth } from "./truth/groundTruth.js";

/** Every bench, by the name it is asked for. */
export const benches: readonly Bench[] = [attribution, copies, exact, gas, groundTruth, serve, training];
