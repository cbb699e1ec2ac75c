import * as Sync from "@outlet/core/bots/sync";
import * as v from "valibot";
import { handleBatch, type QueueHandler } from "../batch.ts";

export type SyncerDeps = Sync.Deps;

const Bell = v.object({ botId: v.string() });

/** Reads uploads into knowledge: each record names a bot that has sources waiting. */
export function createSyncer(deps: SyncerDeps): QueueHandler {
  return function handleSyncs(event) {
    return handleBatch(event, deps.log, async (record) => {
      const { botId } = v.parse(Bell, JSON.parse(record.body));
      await Sync.advance(deps, botId);
    });
  };
}
