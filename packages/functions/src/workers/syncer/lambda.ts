import { syncerDeps } from "../../deps/syncer.ts";
import { createSyncer } from "./handler.ts";

export const handler = createSyncer(syncerDeps());
