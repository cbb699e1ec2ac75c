import * as Deployer from "@outlet/core/publishing/deployer";
import * as Erasure from "@outlet/core/maintenance/erasure";
import * as Deletion from "@outlet/core/maintenance/deletion";
import * as Publication from "@outlet/core/publishing/publication";
import * as Upgrade from "@outlet/core/publishing/upgrade";
import * as v from "valibot";
import { handleBatch, type QueueHandler } from "../batch.ts";

export type DeployerDeps = Omit<Deployer.Deps, "purge"> &
  Parameters<typeof Upgrade.next>[0] &
  Parameters<typeof Deletion.purge>[0];

/** EventBridge's "CloudFormation Stack Status Change", of a stack whose name ends in the bot's id. */
const StackEvent = v.pipe(
  v.object({
    source: v.literal("aws.cloudformation"),
    detail: v.object({
      "stack-id": v.pipe(v.string(), v.regex(/:stack\/[^/]{1,128}-[0-9A-Za-z]{1,64}\//)),
    }),
  }),
  v.transform(({ detail }) => ({
    botId: detail["stack-id"].split("/")[1]?.split("-").at(-1) ?? "",
  })),
);

const Bell = v.union([
  v.object({ botId: v.string() }),
  v.object({ upgrades: v.literal(true) }),
  StackEvent,
]);

/**
 * Carries out acts of publishing: a record names a bot whose publication has to go on, tells of its
 * stack, or asks whether a template's upgrade is to begin.
 */
export function createDeployer(deps: DeployerDeps): QueueHandler {
  const purge = (botId: string) => Deletion.purge(deps, botId);
  return function handleActs(event) {
    return handleBatch(event, deps.log, async (record) => {
      const bell = v.parse(Bell, JSON.parse(record.body));
      if ("upgrades" in bell) return Upgrade.next(deps);
      // First: a deletion of the bot takes with it what is left to erase.
      const erased = await Erasure.advance(deps, bell.botId);
      if (!erased) await Publication.ring(deps, bell.botId, 1);
      const outcome = await Deployer.advance({ ...deps, purge }, bell.botId);
      if (outcome.done) {
        if (outcome.upgraded) await Upgrade.ring(deps);
      } else if (outcome.againInSeconds !== null) {
        await Publication.ring(deps, bell.botId, outcome.againInSeconds);
      }
    });
  };
}
