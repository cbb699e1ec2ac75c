import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { createPollingClient } from "@outlet/aws/clients";
import { socketPathOf } from "@outlet/aws/unix-endpoint";
import { silentLog } from "@outlet/core/ports";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Emulators, startEmulators } from "../emulators/start.ts";
import { createPoller, type Poller, type PollerOptions } from "./poller.ts";

let dataDir: string;
let emulators: Emulators;
let sqs: SQSClient;
const pollers: Poller[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-poller-"));
  emulators = await startEmulators({ dataDir, log: silentLog });
  sqs = createPollingClient({ ...emulators, local: true });
});

afterEach(async () => {
  await Promise.all(pollers.splice(0).map((poller) => poller.stop()));
});

afterAll(async () => {
  sqs.destroy();
  await emulators.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function makeQueue(): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: randomUUID() }));
  return QueueUrl ?? "";
}

async function send(queueUrl: string, ...bodies: string[]): Promise<void> {
  for (let i = 0; i < bodies.length; i += 10) {
    const Entries = bodies
      .slice(i, i + 10)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

async function counts(queueUrl: string) {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }),
  );
  return [
    Number(Attributes.ApproximateNumberOfMessages),
    Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  ];
}

/** Bodies are `group/rest`. */
function begin(queueUrl: string, options: Partial<PollerOptions> & Pick<PollerOptions, "invoke">) {
  const poller = createPoller({
    sqs: createPollingClient({ ...emulators, local: true }),
    queueUrl,
    maximumConcurrency: 4,
    visibilityTimeoutSeconds: 30,
    groupOf: (record: SQSRecord) => record.body.split("/")[0] ?? "",
    log: silentLog,
    ...options,
  });
  pollers.push(poller);
  poller.start();
  return poller;
}

const bodiesOf = (event: SQSEvent) => event.Records.map((record) => record.body);

/** An invocation that ends when told to. */
function makeGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test("a message reaches the function in Lambda's shape and is deleted after", async () => {
  const queueUrl = await makeQueue();
  const events: SQSEvent[] = [];
  begin(queueUrl, { invoke: async (event) => void events.push(event) });
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: "bot/1",
      MessageAttributes: { kind: { DataType: "String", StringValue: "doorbell" } },
    }),
  );
  await vi.waitFor(async () => {
    expect(events).toHaveLength(1);
    expect(await counts(queueUrl)).toEqual([0, 0]);
  });
  const arn = `arn:aws:sqs:us-east-1:000000000000:${queueUrl.split("/").at(-1)}`;
  expect(events[0]?.Records).toEqual([
    {
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: "bot/1",
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        MessageGroupId: "bot",
      },
      messageAttributes: {
        kind: {
          stringValue: "doorbell",
          stringListValues: [],
          binaryListValues: [],
          dataType: "String",
        },
      },
      md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
      md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: "aws:sqs",
      eventSourceARN: arn,
      awsRegion: "us-east-1",
    },
  ]);
});

test("an idle poller hands on a message within milliseconds", async () => {
  const queueUrl = await makeQueue();
  const delays: number[] = [];
  begin(queueUrl, {
    invoke: async (event) => {
      for (const body of bodiesOf(event)) delays.push(performance.now() - Number(body.slice(4)));
    },
  });
  for (let n = 1; n <= 20; n++) {
    await send(queueUrl, `bot/${performance.now()}`);
    await vi.waitFor(() => expect(delays).toHaveLength(n), { interval: 2 });
  }
  const median = delays.toSorted((a, b) => a - b)[10];
  // Typically 4 ms, measured from before the send; the bound is for busy machines.
  expect(median).toBeLessThan(30);
});

test("only the messages a function names as failed come again, after their timeout", async () => {
  const queueUrl = await makeQueue();
  await send(queueUrl, "bot/good", "bot/bad", "bot/fine");
  const seen: { at: number; bodies: string[]; count: string | undefined }[] = [];
  const begun = performance.now();
  begin(queueUrl, {
    visibilityTimeoutSeconds: 1,
    invoke: async (event) => {
      const count = event.Records[0]?.attributes.ApproximateReceiveCount;
      seen.push({ at: performance.now() - begun, bodies: bodiesOf(event), count });
      const bad = event.Records.filter(
        (record) => record.body === "bot/bad" && record.attributes.ApproximateReceiveCount === "1",
      );
      return { batchItemFailures: bad.map((record) => ({ itemIdentifier: record.messageId })) };
    },
  });
  await vi.waitFor(() => expect(seen).toHaveLength(2), { timeout: 5_000 });
  expect(seen[0]?.bodies).toEqual(["bot/good", "bot/bad", "bot/fine"]);
  expect(seen[1]).toMatchObject({ bodies: ["bot/bad"], count: "2" });
  expect(seen[1]?.at).toBeGreaterThan(950);
  await vi.waitFor(async () => expect(await counts(queueUrl)).toEqual([0, 0]));
});

test.each([
  ["throws", () => Promise.reject(new Error("broken"))],
  [
    "throws before it promises anything",
    () => {
      throw new Error("broken");
    },
  ],
  ["names a stranger", async () => ({ batchItemFailures: [{ itemIdentifier: "stranger" }] })],
])("a function that %s has failed for the whole batch", async (_, invoke) => {
  const queueUrl = await makeQueue();
  await send(queueUrl, "bot/1", "bot/2");
  const batches: string[][] = [];
  begin(queueUrl, {
    visibilityTimeoutSeconds: 1,
    invoke: (event) => {
      batches.push(bodiesOf(event));
      return batches.length === 1 ? invoke() : Promise.resolve();
    },
  });
  await vi.waitFor(() => expect(batches.flat()).toHaveLength(4), { timeout: 5_000 });
  expect(new Set(batches.flat())).toEqual(new Set(["bot/1", "bot/2"]));
});

test("no more invocations run at once, and no larger ones, than allowed", async () => {
  const queueUrl = await makeQueue();
  await send(queueUrl, ...Array.from({ length: 60 }, (_, n) => `bot${n % 5}/${n}`));
  let running = 0;
  let most = 0;
  let largest = 0;
  let served = 0;
  begin(queueUrl, {
    maximumConcurrency: 3,
    batchSize: 2,
    invoke: async (event) => {
      most = Math.max(most, ++running);
      largest = Math.max(largest, event.Records.length);
      await new Promise((resolve) => setTimeout(resolve, 5));
      served += event.Records.length;
      running -= 1;
    },
  });
  await vi.waitFor(() => expect(served).toBe(60), { timeout: 5_000 });
  expect(most).toBe(3);
  expect(largest).toBe(2);
});

test("a flood of one group does not delay the message of another", async () => {
  const queueUrl = await makeQueue();
  const flood = Array.from({ length: 5_000 }, (_, n) => `noisy/${n}`);
  await send(queueUrl, ...flood);
  let noisy = 0;
  const gate = makeGate();
  const quiet: number[] = [];
  begin(queueUrl, {
    batchSize: 1,
    invoke: async (event) => {
      const body = bodiesOf(event)[0] ?? "";
      if (body.startsWith("quiet")) {
        quiet.push(performance.now() - Number(body.slice(6)));
      } else {
        noisy += 1;
        await gate.opened;
      }
    },
  });
  // While thousands are ahead in the queue: received ahead, not waited for.
  await send(queueUrl, `quiet/${performance.now()}`);
  await vi.waitFor(() => expect(quiet).toHaveLength(1), { timeout: 15_000, interval: 5 });
  await vi.waitFor(() => expect(noisy).toBe(3));
  // With the flood received, a message is as quick as in an idle poller.
  for (let n = 2; n <= 6; n++) {
    await send(queueUrl, `quiet/${performance.now()}`);
    await vi.waitFor(() => expect(quiet).toHaveLength(n), { interval: 2 });
  }
  // Typically 2 ms; the bound is for busy machines.
  expect(Math.max(...quiet.slice(1))).toBeLessThan(250);
  gate.open();
}, 40_000);

/** How many invocations a flood had at once, before the one message behind it had its own and ever. */
function watchFlood(queueUrl: string, options: Partial<PollerOptions> = {}) {
  const seen: { most: number; mostBefore?: number } = { most: 0 };
  let running = 0;
  begin(queueUrl, {
    batchSize: 1,
    invoke: async (event) => {
      if (bodiesOf(event)[0] === "quiet/1") {
        seen.mostBefore = seen.most;
        return;
      }
      seen.most = Math.max(seen.most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    },
    ...options,
  });
  return seen;
}

const flood = Array.from({ length: 1_000 }, (_, n) => `noisy/${n}`);

test("what waited before the start is read before one group gets more than one invocation", async () => {
  const queueUrl = await makeQueue();
  await send(queueUrl, ...flood, "quiet/1");
  const seen = watchFlood(queueUrl);
  await vi.waitFor(() => expect(seen.mostBefore).toBe(1), { timeout: 15_000 });
  // Then it gets all but one.
  await vi.waitFor(() => expect(seen.most).toBe(3), { timeout: 5_000 });
}, 30_000);

test("a receiver that sees the end waits for what others are about to bring", async () => {
  const queueUrl = await makeQueue();
  await send(queueUrl, ...flood.slice(0, 200), "quiet/1");
  const slow = createPollingClient({ ...emulators, local: true });
  slow.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      if (JSON.stringify(result.output).includes("quiet/1")) {
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return result;
    },
    { step: "initialize" },
  );
  const seen = watchFlood(queueUrl, { sqs: slow });
  await vi.waitFor(() => expect(seen.mostBefore).toBe(1), { timeout: 15_000 });
}, 30_000);

test("messages that wait for their turn stay invisible, and begin with a whole timeout", async () => {
  const queueUrl = await makeQueue();
  await send(queueUrl, "bot/first", ...Array.from({ length: 15 }, (_, n) => `bot/${n}`));
  const gate = makeGate();
  const receives: string[] = [];
  begin(queueUrl, {
    maximumConcurrency: 1,
    batchSize: 1,
    visibilityTimeoutSeconds: 1,
    invoke: async (event) => {
      const [record] = event.Records;
      if (record?.body === "bot/first") await gate.opened;
      else receives.push(record?.attributes.ApproximateReceiveCount ?? "");
    },
  });
  await vi.waitFor(async () => expect(await counts(queueUrl)).toEqual([0, 16]));
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  gate.open();
  await vi.waitFor(() => expect(receives.length).toBeGreaterThanOrEqual(15), { timeout: 5_000 });
  expect(receives).toEqual(Array.from({ length: 15 }, () => "1"));
}, 15_000);

test("stop waits for what is running and leaves the rest on the queue", async () => {
  const queueUrl = await makeQueue();
  await send(queueUrl, "bot/1", "bot/2");
  const gate = makeGate();
  const seen: string[] = [];
  const poller = begin(queueUrl, {
    maximumConcurrency: 1,
    batchSize: 1,
    invoke: async (event) => {
      seen.push(...bodiesOf(event));
      await gate.opened;
    },
  });
  await vi.waitFor(() => expect(seen).toEqual(["bot/1"]));
  let stopped = false;
  const stop = poller.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(stopped).toBe(false);
  gate.open();
  await stop;
  expect(seen).toEqual(["bot/1"]);
  const [visible = 0, invisible = 0] = await counts(queueUrl);
  expect(visible + invisible).toBe(1);
});

test("an idle poller stops at once", async () => {
  const poller = begin(await makeQueue(), { invoke: async () => {} });
  await new Promise((resolve) => setTimeout(resolve, 30));
  const begun = performance.now();
  await poller.stop();
  expect(performance.now() - begun).toBeLessThan(200);
});

test("a poller outlives an outage of its queue", async () => {
  const queueUrl = await makeQueue();
  const proxy = await startProxy(emulators.endpoints.sqs);
  const seen: string[] = [];
  const warnings: string[] = [];
  begin(queueUrl, {
    sqs: createPollingClient({ ...emulators, endpoints: { sqs: proxy.endpoint }, local: true }),
    // The poll that was cut off may still be answered, to nobody.
    visibilityTimeoutSeconds: 1,
    invoke: async (event) => void seen.push(...bodiesOf(event)),
    log: { ...silentLog, warn: (message) => void warnings.push(message) },
  });
  await send(queueUrl, "bot/before");
  await vi.waitFor(() => expect(seen).toEqual(["bot/before"]));
  // Deleted, too: else what is cut off is that.
  await vi.waitFor(async () => expect(await counts(queueUrl)).toEqual([0, 0]));
  await proxy.cut();
  await send(queueUrl, "bot/meanwhile");
  await vi.waitFor(() => expect(warnings).toEqual(["poller: cannot receive"]));
  await proxy.mend();
  await vi.waitFor(() => expect(seen).toEqual(["bot/before", "bot/meanwhile"]), { timeout: 5_000 });
  expect(warnings).toHaveLength(1);
});

/** A proxy to a Unix socket that can be cut and mended on one port. */
async function startProxy(target: string) {
  const path = socketPathOf(target) ?? "";
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(path);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  const listen = (at: number) =>
    new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  return {
    endpoint: `http://127.0.0.1:${own}`,
    cut: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    mend: () => listen(own),
  };
}
