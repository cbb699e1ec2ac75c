import { Conversation } from "@outlet/core/conversations/conversation";
import { type Address, Run, textOf } from "@outlet/core/conversations/run";
import { expect } from "vitest";
import {
  acceptMessage,
  addKnowledge,
  createBot,
  greeting,
  largeFile,
  largeText,
  question,
} from "../../applied/acts.ts";
import { batch, settled } from "../../applied/events.ts";
import type { World } from "../../applied/world.ts";
import type { Scenario } from "../scenario.ts";
import { polling } from "./polling.ts";

async function work(world: World, { botId, clientId, conversationId }: Address): Promise<void> {
  const bell = JSON.stringify({ botId, clientId, conversationId });
  expect(await world.invoke("worker", batch(bell))).toEqual(settled);
}

/** The run as the worker left it. */
async function answered(world: World, address: Address & { runId: string }) {
  await work(world, address);
  const run = await Run.fromId(world.deps(), address, address.runId);
  expect(run).toMatchObject({ status: "completed" });
  return { ...run, text: textOf(run?.answer ?? []) };
}

export const worker: Scenario[] = [
  polling("worker"),
  {
    title: "answers a message and bills it",
    uses: [
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "bedrock:InvokeModelWithResponseStream",
    ],
    async run(world) {
      const { text } = await answered(world, await acceptMessage(world));
      expect(text).toContain(greeting);
    },
  },
  {
    title: "answers a second message with the first one in mind",
    uses: ["dynamodb:Query"],
    async run(world) {
      const first = await acceptMessage(world);
      await answered(world, first);
      const { botId, conversationId } = first;
      const second = await acceptMessage(world, [question], { botId, conversationId });
      expect((await answered(world, second)).parent).toBe(first.runId);
    },
  },
  {
    title: "reads a large message from the bucket",
    uses: ["s3:GetObject"],
    async run(world) {
      const run = await acceptMessage(world, [{ contentType: "text", body: largeText }]);
      await answered(world, run);
    },
  },
  {
    title: "keeps an answer with many sources in the bucket",
    uses: ["s3:PutObject"],
    async run(world) {
      const { botId } = await createBot(world, { showSources: true });
      const passages = Array.from({ length: 8 }, () => `Outlet publishes. ${"x ".repeat(3_000)}`);
      await addKnowledge(world, botId, passages);
      const run = await answered(world, await acceptMessage(world, [question], { botId }));
      expect(run.reply?.path).toBeTruthy();
    },
  },
  {
    title: "answers without knowledge that is not there any more",
    uses: ["s3:ListBucket"],
    async run(world) {
      const { botId } = await createBot(world);
      const { path } = await addKnowledge(world, botId, ["Outlet keeps notes."]);
      await world.objects.remove(path);
      await answered(world, await acceptMessage(world, [question], { botId }));
    },
  },
  {
    title: "ends a deletion that was broken off",
    uses: ["s3:DeleteObject"],
    async run(world) {
      const run = await acceptMessage(world, [{ contentType: "text", body: largeText }, largeFile]);
      const stored = await Run.peek(world.table, run, run.runId);
      const head = await Conversation.Mailbox.read(world.table, run);
      if (head) await Conversation.Mailbox.condemn(world.deps(), head);
      await work(world, run);
      expect(await Run.peek(world.table, run, run.runId)).toBeUndefined();
      expect(await world.objects.get(stored?.question.path ?? "")).toBeUndefined();
    },
  },
  {
    title: "has a webhook told of an end",
    uses: ["sqs:SendMessage WebhookQueueQueue"],
    async run(world) {
      const caller = { url: "https://127.0.0.1/", secret: `whsec_${"A".repeat(43)}=` };
      const webhooks = { owner: false, caller };
      const run = await acceptMessage(world, [question], { webhooks });
      await answered(world, run);
      expect(await world.letters.take("WebhookQueue", run.runId)).toBe(true);
    },
  },
  {
    title: "rings for another attempt when one has failed",
    uses: ["sqs:SendMessage RunQueueQueue"],
    async run(world) {
      const run = await acceptMessage(world, [{ contentType: "text", body: largeText }]);
      const stored = await Run.peek(world.table, run, run.runId);
      await world.objects.remove(stored?.question.path ?? "");
      await world.letters.take("RunQueue", run.conversationId);
      await work(world, run);
      expect((await Run.peek(world.table, run, run.runId))?.attempts).toBe(1);
      // It waits five seconds at least, ten at most.
      expect(await world.letters.take("RunQueue", run.conversationId, 12_000)).toBe(true);
    },
  },
];
