import type { Queue } from "@outlet/core/ports";
import { Deployer } from "@outlet/core/deployer";
import { Publication } from "@outlet/core/publication";
import * as v from "valibot";
import { handleBatch, type QueueHandler } from "./batch.ts";

export type DeployerDeps = Deployer.Deps & { deployQueue: Queue };

const Bell = v.object({ botId: v.string() });

/** Carries out acts of publishing: each record names a bot whose publication has to go on. */
export function createDeployer(deps: DeployerDeps): QueueHandler {
  return function handleActs(event) {
    return handleBatch(event, deps.log, async (record) => {
      const { botId } = v.parse(Bell, JSON.parse(record.body));
      const outcome = await Deployer.advance(deps, botId);
      if (!outcome.done) await Publication.ring(deps, botId, outcome.againInSeconds);
    });
  };
}
