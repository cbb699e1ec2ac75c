import { createClients } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { createSqsQueue } from "@outlet/aws/sqs-queue";
import { type Stack, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";

let stack: Stack;
const nowhere = "http://127.0.0.1:1";

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

test("a message is accepted while the queue is down, and the sweeper rings for it", async () => {
  const down = createClients({ ...stack.emulators, endpoints: { sqs: nowhere }, local: true });
  const { runs } = stack.emulators.queueUrls;
  const queueUrl = runs.replace(/^http:\/\/[^/]+/, nowhere);
  const runQueue = createSqsQueue({ client: down.sqs, queueUrl });
  const sent = await stack.client({}, { runQueue }).send("Hi");
  expect(sent).toMatchObject({ status: 200, json: { status: "queued" } });
  stack.answer();
  await stack.sweepLater();
  expect((await stack.client().outcome(sent)).json.status).toBe("completed");
});

test("a conversation that cannot be rung for leaves no other unattended", async () => {
  const down = { send: () => Promise.reject(new Error("down")) };
  const client = stack.client({}, { runQueue: down });
  await client.send("Hi", "refused");
  const behind = await client.send("Hi", "behind it");
  const runQueue = {
    send: (body: string, options: Parameters<typeof stack.runQueue.send>[1]) =>
      body.includes("refused") ? down.send() : stack.runQueue.send(body, options),
  };
  stack.answer();
  await expect(stack.sweepLater({ runQueue })).rejects.toThrow("not rung for");
  expect((await stack.client().outcome(behind)).json.status).toBe("completed");
});

test("a table that is down is said with Retry-After, and nothing is accepted", async () => {
  const down = createClients({ ...stack.emulators, endpoints: { dynamodb: nowhere }, local: true });
  const table = createDynamoTable({
    client: down.dynamodb,
    tableName: stack.emulators.tableName,
  });
  const client = stack.client({}, { table });
  for (const reply of [
    await client.send("Hi", "t-1"),
    await client.call("GET", "/conversation/t-1"),
  ]) {
    expect(reply).toMatchObject({ status: 503, json: { error: { code: "service_unavailable" } } });
    expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(reply.text).not.toContain("ECONNREFUSED");
  }
  expect((await stack.client().call("GET", "/conversation/t-1")).status).toBe(404);
});
