import { syncerDeps } from "../deps.ts";
import { createSyncer } from "../syncer.ts";

export const handler = createSyncer(syncerDeps());
