import { syncerDeps } from "../../deps.ts";
import { createSyncer } from "./handler.ts";

export const handler = createSyncer(syncerDeps());
