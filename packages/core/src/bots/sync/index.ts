/**
 * Reads uploads into knowledge: QUEUED → RUNNING → SUCCEEDED | FAILED, each source by itself. Each
 * call goes on from what is stored, so a crash anywhere is mended by the next one.
 */
export * as Sync from "./index.ts";

import { Knowledge } from "../knowledge/index.ts";
import type { Clock, Log, ObjectStore, Table } from "../../ports/index.ts";
import { extract, Unreadable } from "./extract.ts";
import { cut } from "./passages.ts";

export interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
  log: Log;
}

const attemptsMax = 5;

/** Reads every source of a bot that waits. Those that somebody else is at are left to them. */
export async function advance(deps: Deps, botId: string): Promise<void> {
  for (const source of await Knowledge.list(deps.table, botId)) {
    if (source.status !== "QUEUED" && source.status !== "RUNNING") continue;
    const mine = await Knowledge.begin(deps, source, Knowledge.leaseMs);
    if (!mine) continue;
    await Knowledge.refreshStatus(deps.table, botId);
    await Knowledge.settle(deps, mine, await read(deps, mine));
  }
  await Knowledge.refreshStatus(deps.table, botId);
}

async function read(
  deps: Deps,
  source: Knowledge.Info,
): Promise<{ passages: string[] } | { failure: string }> {
  if (source.attempts > attemptsMax) {
    return { failure: "It could not be read after several tries. Remove it and upload it again." };
  }
  const upload = await Knowledge.uploaded(deps.objects, source);
  if (!upload) {
    return { failure: "The uploaded file is not there any more. Upload it again." };
  }
  try {
    return { passages: cut(extract(source.kind, upload)) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { botId, sourceId } = source;
    deps.log.warn("source could not be read", { botId, sourceId, reason: error.message });
    return { failure: error.message };
  }
}
