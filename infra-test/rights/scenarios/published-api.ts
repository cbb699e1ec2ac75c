import { Run } from "@outlet/core/conversations/run";
import * as v from "valibot";
import { expect } from "vitest";
import { acceptMessage, createBot, largeFile, largeText } from "../../applied/acts.ts";
import { authorizedEvent } from "../../applied/events.ts";
import type { World } from "../../applied/world.ts";
import type { Scenario } from "../scenario.ts";

const call = (
  world: World,
  caller: { botId: string; clientId: string },
  method: string,
  path: string,
  body?: unknown,
) => world.http("published-api", authorizedEvent(caller, method, path, body));

async function post(world: World, content: object) {
  const caller = { botId: (await createBot(world)).botId, clientId: "01CLIENT" };
  const answer = await call(world, caller, "POST", "/conversation", { message: { content } });
  expect(answer).toMatchObject({ status: 200 });
  const accepted = v.object({ conversationId: v.string(), messageId: v.string() });
  return { ...caller, ...v.parse(accepted, answer.body) };
}

export const publishedApi: Scenario[] = [
  {
    title: "takes a message and rings for a worker",
    uses: ["dynamodb:PutItem", "dynamodb:UpdateItem", "sqs:SendMessage"],
    async run(world) {
      const { conversationId } = await post(world, [{ contentType: "text", body: "Hello" }]);
      expect(await world.letters.take("RunQueue", conversationId)).toBe(true);
    },
  },
  {
    title: "says that a message waits",
    uses: ["dynamodb:GetItem"],
    async run(world) {
      const run = await acceptMessage(world);
      const path = `/conversation/${run.conversationId}/${run.runId}`;
      expect(await call(world, run, "GET", path)).toMatchObject({ status: 202 });
    },
  },
  {
    title: "keeps a large attachment apart from its message",
    uses: ["s3:PutObject"],
    async run(world) {
      const body = Buffer.from(largeText).toString("base64");
      const content = [
        { contentType: "text", body: "Read this" },
        { contentType: "attachment", fileName: "notes.txt", body },
      ];
      const { messageId, ...address } = await post(world, content);
      const run = await Run.fromId(world.deps(), address, messageId);
      expect(run?.content).toMatchObject([{}, { data: { size: largeText.length } }]);
    },
  },
  {
    title: "shows a conversation, large messages and all, and deletes it",
    uses: ["dynamodb:Query", "s3:GetObject", "s3:DeleteObject"],
    async run(world) {
      const run = await acceptMessage(world, [{ contentType: "text", body: largeText }, largeFile]);
      const path = `/conversation/${run.conversationId}`;
      const shown = await call(world, run, "GET", path);
      expect(shown.status).toBe(200);
      expect(shown.text).toContain(largeText);
      const stored = await Run.peek(world.table, run, run.runId);
      expect((await call(world, run, "DELETE", path)).status).toBe(204);
      expect(await Run.peek(world.table, run, run.runId)).toBeUndefined();
      expect(await world.objects.get(stored?.question.path ?? "")).toBeUndefined();
    },
  },
  {
    title: "tells that what was said is gone from its being out of reach",
    uses: ["s3:ListBucket"],
    async run(world) {
      const run = await acceptMessage(world, [{ contentType: "text", body: largeText }]);
      const stored = await Run.peek(world.table, run, run.runId);
      await world.objects.remove(stored?.question.path ?? "");
      const path = `/conversation/${run.conversationId}`;
      // The message is still there, and says nothing.
      const shown = await call(world, run, "GET", path);
      expect(shown.status).toBe(200);
      expect(shown.text).not.toContain(largeText);
    },
  },
  {
    title: "takes back a message that a full conversation has no room for",
    uses: ["dynamodb:DeleteItem"],
    async run(world) {
      const first = await acceptMessage(world);
      const { botId, clientId, conversationId } = first;
      const head = { pk: `CONV#${botId}#${clientId}#${conversationId}`, sk: "HEAD" };
      await world.table.update(head, { set: { open: Array(100).fill(first.runId) } });
      const message = { content: [{ contentType: "text", body: "One more" }] };
      const body = { conversationId, message };
      const refused = await call(world, first, "POST", "/conversation", body);
      expect(refused).toMatchObject({ status: 429 });
      expect(await Run.listAll(world.table, first)).toHaveLength(1);
    },
  },
];
