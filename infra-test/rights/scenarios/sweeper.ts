import { Run } from "@outlet/core/conversations/run";
import { Ledger } from "@outlet/core/records/ledger";
import { UsageReport } from "@outlet/core/observability/usage-report";
import { expect } from "vitest";
import { acceptMessage, acceptPublication, addSource, ago, endRun } from "../../applied/acts.ts";
import type { Scenario } from "../scenario.ts";

const minute = 60_000;
const hour = 60 * minute;
/** Long enough for a publication to hold up nobody else (`Upgrade.ownersWait`). */
const pastQuiet = ago(35 * minute);

export const sweeper: Scenario[] = [
  {
    title: "rings for a conversation that nobody reads",
    uses: [
      "dynamodb:Query index/open",
      "dynamodb:BatchGetItem",
      "dynamodb:UpdateItem",
      "sqs:SendMessage RunQueueQueue",
    ],
    async run(world) {
      const { conversationId } = await acceptMessage(world, undefined, { clock: pastQuiet });
      await world.letters.take("RunQueue", conversationId);
      await world.invoke("sweeper", {});
      expect(await world.letters.take("RunQueue", conversationId)).toBe(true);
    },
  },
  {
    title: "rings for a publication that stands still",
    uses: ["sqs:SendMessage DeployQueueQueue"],
    async run(world) {
      const { bot } = await acceptPublication(world, pastQuiet);
      await world.letters.take("DeployQueue", bot.botId);
      await world.invoke("sweeper", {});
      expect(await world.letters.take("DeployQueue", bot.botId)).toBe(true);
    },
  },
  {
    title: "rings for a source that nobody reads",
    uses: ["sqs:SendMessage SyncQueueQueue"],
    async run(world) {
      const { botId } = await addSource(world, { clock: pastQuiet });
      await world.letters.take("SyncQueue", botId);
      await world.invoke("sweeper", {});
      expect(await world.letters.take("SyncQueue", botId)).toBe(true);
    },
  },
  {
    title: "rings for a delivery that is overdue",
    uses: ["sqs:SendMessage WebhookQueueQueue"],
    async run(world) {
      const { deliveryId } = await endRun(world, { clock: pastQuiet });
      await world.letters.take("WebhookQueue", deliveryId);
      await world.invoke("sweeper", {});
      expect(await world.letters.take("WebhookQueue", deliveryId)).toBe(true);
    },
  },
  {
    title: "gives up a message that waited too long",
    uses: ["dynamodb:GetItem"],
    async run(world) {
      const run = await acceptMessage(world, undefined, { clock: ago(7 * hour) });
      await world.invoke("sweeper", {});
      expect(await Run.peek(world.table, run, run.runId)).toMatchObject({ status: "failed" });
    },
  },
  {
    title: "sums up the usage of an hour that is over",
    uses: ["dynamodb:Query table/TableTable"],
    async run(world) {
      const deps = world.deps();
      const botId = deps.ids.ulid();
      const finishedAt = Date.now() - 3 * hour;
      const times = { queueMs: null, firstTokenMs: null, runMs: null };
      await Ledger.record(world.deps(ago(3 * hour)), {
        ...Ledger.noTokens,
        ...times,
        botId,
        runId: deps.ids.ulid(),
        keyId: "01KEY",
        clientId: "01CLIENT",
        utility: false,
        model: "outlet-demo",
        status: "completed",
        finishedAt,
        costMicroUsd: 7,
        priceVersion: "1",
        errorCode: null,
        abandoned: false,
      });
      await world.invoke("sweeper", {});
      const waiting = await world.table.query({ index: "open", pk: "ROLLUPS" });
      expect(waiting.items.filter((item) => item.botId === botId)).toEqual([]);
      const range = { from: finishedAt - hour, to: finishedAt + hour };
      const report = await UsageReport.query(deps, { botId, by: "key", ...range });
      expect(report.total.costMicroUsd).toBe(7);
    },
  },
];
