import type { Bot } from "@outlet/core/bots/bot";
import { Deployer } from "@outlet/core/publishing/deployer";
import { Problem } from "@outlet/core/foundation/problem";
import { Publication } from "@outlet/core/publishing/publication";
import { Upgrade } from "@outlet/core/publishing/upgrade";
import { createDeployer } from "@outlet/functions/workers/deployer/handler";
import fc from "fast-check";
import { expect, test } from "vitest";
// Core keeps it for its own tests; a package's exports are for programs.
import { createMemoryTable } from "../../core/src/ports/memory-table.test-support.ts";
import { createInterleaver } from "./interleaver.ts";
import { before, openWorld, owner, type World } from "./publishing-world.ts";

type Act = "pause" | "resume" | "unlimit" | "limit" | "unpublish";
const limits = { burstLimit: 7, rateLimit: 3 };

/** What the owner has asked for and was told would be done. */
interface Target {
  paused: boolean;
  throttle: Publication.Settings["throttle"] | undefined;
  published: boolean;
}

/** The owner's acts one after the other. One may be refused for the sake of the owner's own. */
async function actAll(commands: ReturnType<World["commands"]>, bot: Bot.Info, acts: Act[]) {
  const target: Target = { paused: false, throttle: undefined, published: true };
  let own = false;
  for (const act of acts) {
    try {
      if (act === "pause") await Publication.pause(commands, owner, bot);
      else if (act === "resume") await Publication.resume(commands, owner, bot);
      else if (act === "unpublish") await Publication.unpublish(commands, owner, bot);
      else {
        const throttle = act === "limit" ? limits : null;
        await Publication.update(commands, owner, bot, { throttle });
        target.throttle = throttle;
      }
      if (act === "pause" || act === "resume") target.paused = act === "pause";
      if (act === "unpublish") target.published = false;
      own ||= act === "limit" || act === "unlimit" || act === "unpublish";
    } catch (error) {
      if (!(error instanceof Problem.ProblemError)) throw error;
      // An upgrade is never the reason.
      expect({ act, own, code: error.code }).toEqual({
        act,
        own: true,
        code: target.published ? "publication_in_progress" : expect.any(String),
      });
    }
  }
  return target;
}

/** A deployer that goes on looking, whoever else does the same. */
async function keepLooking(world: World, deps: ReturnType<World["deployer"]>, botId: string) {
  await Upgrade.next(deps);
  for (let look = 0; look < 12; look++) {
    await Deployer.advance(deps, botId);
    world.keepPlan(botId);
    world.pass(4_000);
  }
}

test("an owner's acts and an upgrade, however they interleave, end in what the owner wants", async () => {
  const acts = fc.array(fc.constantFrom<Act>("pause", "resume", "limit", "unlimit", "unpublish"), {
    minLength: 1,
    maxLength: 4,
  });
  const draws = fc.infiniteStream(fc.nat(10_000));
  await fc.assert(
    fc.asyncProperty(acts, draws, fc.boolean(), async (asked, stream, fails) => {
      const objects = {
        put: async () => {},
        get: async () => undefined,
        getRange: async () => undefined,
        remove: async () => {},
      };
      const world = await openWorld({ table: createMemoryTable(), objects });
      try {
        const bot = await world.published(before);
        world.pass(60_000);
        if (fails) world.controlPlane.failNext("UPDATE", "Invalid stage");
        const { run } = createInterleaver(() => stream.next().value ?? 0);
        const commands = world.commands();
        let target: Target | undefined;
        await run([
          async (guard) => {
            target = await actAll({ ...commands, table: guard(commands.table) }, bot, asked);
          },
          (guard) => keepLooking(world, world.deployer(guard), bot.botId),
          (guard) => keepLooking(world, world.deployer(guard), bot.botId),
        ]);
        if (!target) throw new Error("the owner never acted");
        await finish(world, bot.botId);
        await expectTarget(world, bot.botId, target);
      } finally {
        await world.controlPlane.stop();
      }
    }),
    { numRuns: 40 },
  );
}, 300_000);

test("a process that was slow between reading and acting sets nothing back", async () => {
  const objects = {
    put: async () => {},
    get: async () => undefined,
    getRange: async () => undefined,
    remove: async () => {},
  };
  const world = await openWorld({ table: createMemoryTable(), objects });
  const bot = await world.published(before);
  world.pass(60_000);
  await Upgrade.next(world.deployer());
  const slow = world.deployer();
  const { provisioner } = slow;
  let meanwhile = 0;
  const deploy: typeof provisioner.deploy = async (...args) => {
    await Publication.update(world.commands(), owner, bot, { throttle: limits });
    await keepLooking(world, world.deployer(), bot.botId);
    meanwhile += 1;
    await provisioner.deploy(...args);
  };
  await Deployer.advance({ ...slow, provisioner: { ...provisioner, deploy } }, bot.botId);
  expect(meanwhile).toBe(1);
  await finish(world, bot.botId);
  const target = { published: true, paused: false, throttle: limits };
  await expectTarget(world, bot.botId, target);
  await world.controlPlane.stop();
});

/** What is left is done by the queue and, a day later, by what the sweeper asks for. */
async function finish(world: World, botId: string): Promise<void> {
  await world.deliver(() => createDeployer(world.deployer()));
  await world.settle(botId);
  world.pass(25 * 3_600_000);
  await Upgrade.ring(world.commands());
  await world.deliver(() => createDeployer(world.deployer()));
}

async function expectTarget(world: World, botId: string, target: Target): Promise<void> {
  const publication = await world.read(botId);
  expect(publication.operation).toBeNull();
  if (!target.published) {
    expect(publication.status).toBe("unpublished");
    expect(world.stack(botId)?.status).toBe("DELETE_COMPLETE");
    return;
  }
  const current = world.deployer().provisioner.templateVersion;
  expect(publication).toMatchObject({ templateVersion: current, upgrade: null });
  // A change of limits that CloudFormation refused is undone, and says so.
  if (publication.failure) return;
  expect(publication.status).toBe(target.paused ? "paused" : "published");
  if (target.throttle === undefined) return;
  expect(publication.throttle).toEqual(target.throttle);
  const { Resources } = JSON.parse(world.stack(botId)?.template ?? "{}");
  const made = Resources.UsagePlan.Properties.Throttle;
  expect(made?.BurstLimit).toBe(target.throttle?.burstLimit);
}
