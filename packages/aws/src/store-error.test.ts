import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { StoreUnavailable } from "@outlet/core/ports";
import { afterEach, describe, expect, test } from "vitest";
import { createClients } from "./clients.ts";
import { createDynamoTable } from "./dynamodb-table.ts";
import { createS3ObjectStore } from "./s3-object-store.ts";
import { createJsonClient } from "./lean/json-client.ts";
import { createLeanQueue } from "./lean/queue.ts";
import { createLeanTable } from "./lean/table.ts";
import { toGroupId } from "./sqs-message.ts";
import { createSqsQueue } from "./sqs-queue.ts";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type By = "the SDK" | "the lean client";
const both: By[] = ["the SDK", "the lean client"];

/** The adapters against a service that answers everything in one way. */
async function against(answer: RequestListener, by: By = "the SDK") {
  const calls = { count: 0 };
  server = createServer((req, res) => {
    calls.count += 1;
    req.resume().on("end", () => answer(req, res));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
  const region = "us-east-1";
  const clients = createClients({
    region,
    endpoints: { dynamodb: endpoint, sqs: endpoint, s3: endpoint },
    credentials,
  });
  const lean = { region, endpoint, credentials };
  const queueUrl = `${endpoint}/0/runs`;
  const [table, queue] =
    by === "the SDK"
      ? [
          createDynamoTable({ client: clients.dynamodb, tableName: "outlet" }),
          createSqsQueue({ client: clients.sqs, queueUrl }),
        ]
      : [
          createLeanTable({ client: createJsonClient("dynamodb", lean), tableName: "outlet" }),
          createLeanQueue({ client: createJsonClient("sqs", lean), queueUrl }),
        ];
  const store = createS3ObjectStore({ client: clients.s3, bucket: "outlet" });
  return {
    calls,
    put: () => table.put({ pk: "P", sk: "S" }),
    transact: () => table.transact([{ item: { pk: "P", sk: "S" } }]),
    send: () => queue.send("{}", { group: "bot" }),
    get: () => store.get("a"),
  };
}

const failure =
  (status: number, type: string): RequestListener =>
  (_, res) => {
    res.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
    res.end(JSON.stringify({ __type: `com.amazonaws.dynamodb#${type}`, message: "told so" }));
  };

describe.each(both)("by %s,", (by) => {
  test.each([
    ["throttling", failure(400, "ProvisionedThroughputExceededException"), 3],
    ["a limit on requests", failure(400, "RequestLimitExceeded"), 3],
    ["throttling of the control plane", failure(400, "ThrottlingException"), 3],
    ["an internal error", failure(500, "InternalServerError"), 3],
    ["an unavailable service", failure(503, "ServiceUnavailable"), 3],
    ["a connection cut off", ((req) => req.socket.destroy()) satisfies RequestListener, 3],
    [
      "an answer cut off",
      ((_, res) => {
        res.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end('{"Attri');
      }) satisfies RequestListener,
      1,
    ],
  ])("%s is an outage once the client's own attempts are spent", async (_, answer, attempts) => {
    const { calls, put } = await against(answer, by);
    const error = await put().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect((error as StoreUnavailable).cause).toBeInstanceOf(Error);
    expect((error as StoreUnavailable).message).toMatch(/^DynamoDB: /);
    expect(calls.count).toBe(attempts);
  });

  test("a service that never answers is an outage, and not waited for for ever", async () => {
    const { put, send } = await against(() => {}, by);
    const errors = await Promise.all([put(), send()].map((call) => call.catch((e: unknown) => e)));
    for (const error of errors) expect(error).toBeInstanceOf(StoreUnavailable);
  });

  test.each([
    ["a validation error", failure(400, "ValidationException")],
    ["a missing table", failure(400, "ResourceNotFoundException")],
    ["a refused permission", failure(400, "AccessDeniedException")],
  ])("%s is no outage, and is not tried again", async (_, answer) => {
    const { calls, put } = await against(answer, by);
    const error = await put().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(StoreUnavailable);
    expect(calls.count).toBe(1);
  });

  test("a write that meets a transaction is tried again until that has gone", async () => {
    let conflicts = 3;
    const { calls, put } = await against((req, res) => {
      if (conflicts-- > 0) failure(400, "TransactionConflictException")(req, res);
      else res.writeHead(200).end("{}");
    }, by);
    expect(await put()).toBe(true);
    expect(calls.count).toBe(4);
  });

  test("an item that is in transactions all the time is an outage", async () => {
    const { put } = await against(failure(400, "TransactionConflictException"), by);
    await expect(put()).rejects.toBeInstanceOf(StoreUnavailable);
  });

  test.each([
    ["a condition", "ConditionalCheckFailed", false],
    ["another transaction", "TransactionConflict", false],
    ["a lack of capacity", "ThrottlingError", false],
    ["an item too large", "ValidationError", "thrown"],
  ])("writes that are refused together for %s: %s", async (_, Code, expected) => {
    const { transact } = await against((_req, res) => {
      res.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
      const CancellationReasons = [{ Code: "None" }, { Code, Message: "told so" }];
      const __type = "com.amazonaws.dynamodb#TransactionCanceledException";
      res.end(JSON.stringify({ __type, Message: "cancelled", CancellationReasons }));
    }, by);
    const outcome = await transact().catch((error: unknown) => {
      expect(error).not.toBeInstanceOf(StoreUnavailable);
      return "thrown";
    });
    expect(outcome).toBe(expected);
  });

  test("a throttled queue is an outage", async () => {
    const queue = await against(failure(400, "RequestThrottled"), by);
    await expect(queue.send()).rejects.toBeInstanceOf(StoreUnavailable);
  });
});

test("an object store out of order is an outage", async () => {
  const store = await against((_, res) => {
    res.writeHead(503).end("<Error><Code>SlowDown</Code><Message>slow down</Message></Error>");
  });
  await expect(store.get()).rejects.toBeInstanceOf(StoreUnavailable);
});

test("an object whose bytes break off is an outage, not a short object", async () => {
  const { get } = await against((_, res) => {
    res.writeHead(200, { "content-length": "10", etag: '"x"' });
    res.write("abc");
    setTimeout(() => res.socket?.destroy(), 20);
  });
  await expect(get()).rejects.toBeInstanceOf(StoreUnavailable);
});

test("a group goes by its name where SQS takes it, else by a hash that tells it apart", () => {
  expect(toGroupId("01J9ZQ-bot_1")).toBe("01J9ZQ-bot_1");
  expect(toGroupId("x".repeat(128))).toBe("x".repeat(128));
  const odd = ["x".repeat(129), "x".repeat(130), "with space", "봇", ""];
  for (const group of odd) expect(toGroupId(group)).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(odd.map(toGroupId)).size).toBe(odd.length);
});
