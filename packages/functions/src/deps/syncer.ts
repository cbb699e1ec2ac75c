import * as Id from "@outlet/core/foundation/id";
import { systemClock } from "@outlet/core/ports";
import { join } from "node:path";
import { createGuardedHttp } from "../outbound/guarded-http.ts";
import { createChildReader } from "../workers/syncer/child-reader.ts";
import { embedder } from "./embedder.ts";
import { base } from "./linked.ts";
import { objects } from "./objects.ts";
import { vectors } from "./vectors.ts";

export const syncerDeps = () => ({
  ...base(),
  objects: objects(),
  ids: Id.createIds(systemClock),
  embedder: embedder(),
  vectors: vectors(),
  http: createGuardedHttp(),
  // One after the other: the function has memory for one file.
  reader: createChildReader({
    processesMax: 1,
    cmapsDir: join(process.env["LAMBDA_TASK_ROOT"] ?? "", "cmaps"),
  }),
});
