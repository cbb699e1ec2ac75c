import { workerDeps } from "../deps.ts";
import { createWorker } from "../worker.ts";

export const handler = createWorker(workerDeps());
