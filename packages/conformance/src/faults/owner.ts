import { Requests } from "@outlet/core/observability/requests";
import type { Plan } from "./plan.ts";
import type { policy } from "./policy.ts";
import { payersOf } from "./budgets.ts";
import { createIds } from "./ids.ts";
import { portsOf, type Surroundings } from "./ports.ts";

interface Options {
  surroundings: Surroundings;
  shared: { policy: typeof policy };
  botId: string;
  plan: Plan;
  skew: () => number;
  startMs: number;
}

/**
 * The bot's owner, who redrives all that has failed, and does it again where the function died or
 * could not do all of it.
 * @returns whether nothing is left to do.
 */
export function startOwner(options: Options): () => boolean {
  const { surroundings, shared, botId, plan, startMs } = options;
  const { world } = surroundings;
  let unfinished = plan.redrivesAtMs.length;

  const payers = plan.budgets && payersOf(botId, plan.budgets);
  const budgetOf = async () => (payers ? { payers, microUsd: 15_000 } : undefined);

  function redrive(): void {
    let isOver = false;
    const end = (said: string, again: boolean) => {
      if (isOver) return;
      isOver = true;
      world.note(`  owner → ${said}`);
      if (again) world.at(world.now() + 2_000, "", redrive);
      else unfinished -= 1;
    };
    const process = world.start("owner", options.skew());
    const killed = () => end("no answer", true);
    const { queue: runQueue, ...ports } = portsOf({ ...surroundings, killed }, process, false);
    const ids = createIds(ports.clock, world.prng);
    world.spawn(
      process,
      () => Requests.redriveAll({ ...shared, ...ports, ids, runQueue, budgetOf }, botId),
      (outcome) => {
        if ("error" in outcome) return end(String(outcome.error), true);
        const { redriven, refused } = outcome.value;
        const later = refused.filter(({ code }) => code === "conflict" || code.endsWith("_busy"));
        end(`${redriven.length} redriven, ${refused.length} refused`, later.length > 0);
      },
    );
  }

  for (const atMs of plan.redrivesAtMs) world.at(startMs + atMs, "the owner redrives", redrive);
  return () => unfinished === 0;
}
