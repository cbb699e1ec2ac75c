import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { silentLog } from "@outlet/core/ports";
import type { SQSEvent } from "aws-lambda";
import { expect, test, vi } from "vitest";
import {
  begin,
  bodiesOf,
  commands,
  counts,
  makeGate,
  makeQueue,
  newClient,
  patience,
  send,
  startProxy,
  useBroker,
} from "./poller.test-support.ts";

useBroker();

/** Of a call for several messages at once. */
const entriesOf = (input: object): number =>
  "Entries" in input && Array.isArray(input.Entries) ? input.Entries.length : 0;

test("a message reaches the function in Lambda's shape and is deleted after", async () => {
  const queueUrl = await makeQueue();
  const events: SQSEvent[] = [];
  begin(queueUrl, { invoke: async (event) => void events.push(event) });
  await commands().send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: "bot/1",
      MessageAttributes: { kind: { DataType: "String", StringValue: "doorbell" } },
    }),
  );
  await vi.waitFor(async () => {
    expect(events).toHaveLength(1);
    expect(await counts(queueUrl)).toEqual([0, 0]);
  }, patience);
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

test("an idle poller hands on a message when it comes, not when its poll ends", async () => {
  const queueUrl = await makeQueue();
  const delays: number[] = [];
  begin(queueUrl, {
    invoke: async (event) => {
      for (const body of bodiesOf(event)) delays.push(performance.now() - Number(body.slice(4)));
    },
  });
  for (let n = 1; n <= 20; n++) {
    await send(queueUrl, `bot/${performance.now()}`);
    await vi.waitFor(() => expect(delays).toHaveLength(n), patience);
  }
  const median = delays.toSorted((a, b) => a - b)[10];
  // Typically 4 ms, measured from before the send. A poller that slept between its polls, or waited
  // for one to end, would take a good part of the 20 seconds that a poll lasts.
  expect(median).toBeLessThan(2_000);
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
  await vi.waitFor(() => expect(seen).toHaveLength(2), patience);
  expect(seen[0]?.bodies).toEqual(["bot/good", "bot/bad", "bot/fine"]);
  expect(seen[1]).toMatchObject({ bodies: ["bot/bad"], count: "2" });
  expect(seen[1]?.at).toBeGreaterThan(950);
  await vi.waitFor(async () => expect(await counts(queueUrl)).toEqual([0, 0]), patience);
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
  await vi.waitFor(() => expect(batches.flat()).toHaveLength(4), patience);
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
  await vi.waitFor(() => expect(served).toBe(60), patience);
  expect(most).toBe(3);
  expect(largest).toBe(2);
});

test("messages that wait for their turn stay invisible, and begin with a whole timeout", async () => {
  const queueUrl = await makeQueue();
  await send(queueUrl, "bot/first", ...Array.from({ length: 15 }, (_, n) => `bot/${n}`));
  const gate = makeGate();
  const receives: string[] = [];
  let kept = 0;
  const client = newClient();
  const sqs: typeof client = {
    ...client,
    call<Output>(...call: Parameters<typeof client.call>) {
      const [operation, input] = call;
      if (operation === "ChangeMessageVisibilityBatch") kept += entriesOf(input);
      return client.call<Output>(...call);
    },
  };
  begin(queueUrl, {
    sqs,
    maximumConcurrency: 1,
    batchSize: 1,
    visibilityTimeoutSeconds: 4,
    invoke: async (event) => {
      const [record] = event.Records;
      if (record?.body === "bot/first") await gate.opened;
      else receives.push(record?.attributes.ApproximateReceiveCount ?? "");
    },
  });
  await vi.waitFor(async () => expect(await counts(queueUrl)).toEqual([0, 16]), patience);
  // Longer than without it they would have stayed so.
  await vi.waitFor(() => expect(kept).toBeGreaterThanOrEqual(3 * 15), patience);
  gate.open();
  await vi.waitFor(() => expect(receives.length).toBeGreaterThanOrEqual(15), patience);
  expect(receives).toEqual(Array.from({ length: 15 }, () => "1"));
});

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
  await vi.waitFor(() => expect(seen).toEqual(["bot/1"]), patience);
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
  // Not at the end of a poll of 20 seconds.
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test("a poller outlives an outage of its queue", async () => {
  const queueUrl = await makeQueue();
  const proxy = await startProxy();
  const seen: string[] = [];
  const warnings: string[] = [];
  begin(queueUrl, {
    sqs: newClient(proxy.endpoint),
    // The poll that was cut off may still be answered, to nobody.
    visibilityTimeoutSeconds: 1,
    invoke: async (event) => void seen.push(...bodiesOf(event)),
    log: { ...silentLog, warn: (message) => void warnings.push(message) },
  });
  await send(queueUrl, "bot/before");
  await vi.waitFor(() => expect(seen).toEqual(["bot/before"]), patience);
  // Deleted, too: else what is cut off is that.
  await vi.waitFor(async () => expect(await counts(queueUrl)).toEqual([0, 0]), patience);
  await proxy.cut();
  await send(queueUrl, "bot/meanwhile");
  // What it was about to delete when the queue went is another warning.
  const outages = () => warnings.filter((warning) => warning === "poller: cannot receive");
  await vi.waitFor(() => expect(outages()).toHaveLength(1), patience);
  await proxy.mend();
  await vi.waitFor(() => expect(seen).toContain("bot/meanwhile"), patience);
  expect(outages()).toHaveLength(1);
});
