import { workerDeps } from "../../deps.ts";
import { createWorker } from "./handler.ts";

export const handler = createWorker(workerDeps());
