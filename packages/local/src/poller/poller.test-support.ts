import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { createPollingClient } from "@outlet/aws/clients";
import { createJsonClient, type JsonClient } from "@outlet/aws/lean/json-client";
import { socketPathOf } from "@outlet/aws/unix-endpoint";
import { silentLog } from "@outlet/core/ports";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Emulators, startEmulators } from "../emulators/start.ts";
import { createPoller, type Poller, type PollerOptions } from "./poller.ts";

/** Long enough for a machine with other things to do; what holds is seen at once. */
export const patience = { timeout: 30_000, interval: 10 };

let emulators: Emulators;
let sqs: SQSClient;
const pollers: Poller[] = [];

/** For a test file: a broker while it runs, and pollers that end with their test. */
export function useBroker(): void {
  let dataDir: string;
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
}

/** @param endpoint another way to the broker. */
export const newClient = (endpoint = emulators.endpoints.sqs): JsonClient =>
  createJsonClient("sqs", { region: emulators.region, endpoint, local: true, triesMax: 1 });

export const commands = (): SQSClient => sqs;

export async function makeQueue(): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: randomUUID() }));
  return QueueUrl ?? "";
}

export async function send(queueUrl: string, ...bodies: string[]): Promise<void> {
  for (let i = 0; i < bodies.length; i += 10) {
    const Entries = bodies
      .slice(i, i + 10)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

export async function counts(queueUrl: string) {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }),
  );
  return [
    Number(Attributes.ApproximateNumberOfMessages),
    Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  ];
}

/** Bodies are `group/rest`. */
export function begin(
  queueUrl: string,
  options: Partial<PollerOptions> & Pick<PollerOptions, "invoke">,
) {
  const poller = createPoller({
    sqs: newClient(),
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

export const bodiesOf = (event: SQSEvent) => event.Records.map((record) => record.body);

/** An invocation that ends when told to. */
export function makeGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** A proxy to the broker that can be cut and mended on one port. */
export async function startProxy() {
  const path = socketPathOf(emulators.endpoints.sqs) ?? "";
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
