import { workerDeps } from "../../deps/worker.ts";
import { createWorker } from "./handler.ts";

export const handler = createWorker(workerDeps());
