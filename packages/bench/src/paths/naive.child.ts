/**
 * What one would write first: Hono, a schema, one item put and one message sent by the SDK as it
 * comes, emulators and all in one process. Reports its port over its channel.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { serve } from "@hono/node-server";
import { marshall } from "@aws-sdk/util-dynamodb";
import { tableDefinition } from "@outlet/aws/table-schema";
import { region, tableName } from "@outlet/local/emulators/resources";
import dynalite from "dynalite";
import { buildApp } from "fauxqs";
import { Hono } from "hono";
import * as v from "valibot";

const folder = await mkdtemp(join(tmpdir(), "outlet-naive-"));
const database = dynalite({ path: join(folder, "dynamodb"), createTableMs: 0 });
await new Promise<void>((resolve) => {
  database.listen(0, "127.0.0.1", resolve);
});
const sqs = buildApp({ logger: false, defaultRegion: region });
await sqs.listen({ port: 0, host: "127.0.0.1" });

const at = (server: Server) => ({
  region,
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
});
const table = new DynamoDBClient(at(database));
const queue = new SQSClient(at(sqs.server));
await table.send(new CreateTableCommand(tableDefinition(tableName)));
const { QueueUrl } = await queue.send(new CreateQueueCommand({ QueueName: "runs" }));

const Message = v.object({
  conversationId: v.optional(v.string()),
  message: v.object({
    content: v.array(v.object({ contentType: v.literal("text"), body: v.string() })),
  }),
});

const app = new Hono();
app.get("/health", (c) => c.json({ status: "ok" }));
app.post("/conversation", async (c) => {
  const parsed = v.safeParse(Message, await c.req.json());
  if (!parsed.success) return c.json({ message: "invalid" }, 400);
  const conversationId = parsed.output.conversationId ?? randomUUID();
  const messageId = randomUUID();
  const item = { pk: conversationId, sk: messageId, ...parsed.output.message, status: "queued" };
  await table.send(new PutItemCommand({ TableName: tableName, Item: marshall(item) }));
  await queue.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: JSON.stringify({ conversationId, messageId }),
    }),
  );
  return c.json({ conversationId, messageId });
});

const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
  process.send?.(port),
);
process.on("SIGTERM", () => {
  void (async () => {
    server.close();
    await sqs.close();
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  })();
});
