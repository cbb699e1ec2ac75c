import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import { createClients, createPollingClient } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { createSqsQueue } from "@outlet/aws/sqs-queue";
import { tableDefinition } from "@outlet/aws/table-schema";
import { StoreUnavailable, silentLog } from "@outlet/core/ports";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listeningPorts } from "./listening-ports.test-support.ts";
import { type EmulatorOptions, type Emulators, startEmulators } from "./start.ts";

/** What holds is seen at once; the rest is for busy machines. */
const until = <T>(act: () => T | Promise<T>): Promise<T> => vi.waitFor(act, { timeout: 30_000 });

let dataDir: string;
const started: Emulators[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-emulators-"));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((emulators) => emulators.stop()));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<EmulatorOptions> = {}) {
  const emulators = await startEmulators({ dataDir, log: silentLog, ...options });
  started.push(emulators);
  const clients = createClients({ ...emulators, local: true });
  return {
    emulators,
    ...clients,
    table: createDynamoTable({ client: clients.dynamodb, tableName: emulators.tableName }),
    runs: createSqsQueue({ client: clients.sqs, queueUrl: emulators.queueUrls.runs }),
    objects: createS3ObjectStore({ client: clients.s3, bucket: emulators.bucket }),
    receive: async (queueUrl: string, waitSeconds = 0) => {
      const { Messages = [] } = await createPollingClient({ ...emulators, local: true }).send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: waitSeconds }),
      );
      return Messages;
    },
  };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("a start finds table, queues and bucket as they are on AWS", async () => {
  const { dynamodb, sqs, emulators, objects } = await start({ visibilityTimeoutSeconds: 77 });
  const { Table } = await dynamodb.send(
    new DescribeTableCommand({ TableName: emulators.tableName }),
  );
  const definition = tableDefinition(emulators.tableName);
  expect(Table?.KeySchema).toEqual(definition.KeySchema);
  expect(new Set(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName))).toEqual(
    new Set(["listing", "public", "open"]),
  );
  const attributesOf = async (queueUrl: string) => {
    const input = { QueueUrl: queueUrl, AttributeNames: ["All" as const] };
    return (await sqs.send(new GetQueueAttributesCommand(input))).Attributes ?? {};
  };
  const runs = await attributesOf(emulators.queueUrls.runs);
  const deadLetters = await attributesOf(emulators.queueUrls.runsDeadLetters);
  expect(runs.VisibilityTimeout).toBe("77");
  expect(JSON.parse(runs.RedrivePolicy ?? "")).toEqual({
    deadLetterTargetArn: deadLetters.QueueArn,
    maxReceiveCount: 5,
  });
  expect((await attributesOf(emulators.queueUrls.deploys)).VisibilityTimeout).toBe("77");
  expect(await objects.get("nothing")).toBeUndefined();
});

test.runIf(process.platform === "linux")(
  "nothing is on a port, which a page could call",
  async () => {
    const { emulators, table } = await start();
    expect(await table.put({ pk: "P", sk: "S" })).toBe(true);
    expect(listeningPorts([emulators.pid])).toEqual([]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    expect(listeningPorts([process.pid])).toContain((server.address() as AddressInfo).port);
    server.close();
  },
);

test("other users of the machine reach neither sockets nor files, in a folder that was there before", async () => {
  await chmod(dataDir, 0o755);
  const { emulators, runs } = await start();
  await runs.send("doorbell", { group: "bot" });
  const sockets = dirname(emulators.socket("x"));
  expect((await stat(sockets)).mode & 0o777).toBe(0o700);
  for (const path of await readdir(dataDir, { recursive: true })) {
    const { mode } = await stat(join(dataDir, path));
    expect([path, mode & 0o077]).toEqual([path, 0]);
  }
  await emulators.stop();
  await expect(stat(sockets)).rejects.toThrow("ENOENT");
});

test("the sockets of a killed pair of processes go with the next start", async () => {
  const { parent, pid } = await spawnParent();
  const sockets = await readFile(join(dataDir, "sockets.txt"), "utf8");
  process.kill(pid, "SIGKILL");
  parent.kill("SIGKILL");
  await stat(sockets);
  const { emulators } = await start();
  await expect(stat(sockets)).rejects.toThrow("ENOENT");
  await stat(dirname(emulators.socket("x")));
});

test("a store whose process has ended is an outage", async () => {
  const { emulators, table, objects } = await start();
  await emulators.stop();
  await expect(table.put({ pk: "P", sk: "S" })).rejects.toBeInstanceOf(StoreUnavailable);
  await expect(objects.get("a")).rejects.toBeInstanceOf(StoreUnavailable);
});

test("what was stored is there after a stop and a start, under other sockets", async () => {
  const first = await start();
  await first.table.put({ pk: "P", sk: "S", listingPk: "L", listingSk: "1" });
  await first.runs.send("doorbell", { group: "bot" });
  await first.objects.put("a/b", new Uint8Array([1, 2, 3]), "application/octet-stream");
  await first.emulators.stop();
  expect(await first.emulators.exited).toEqual({ code: 0 });

  const second = await start();
  expect(await second.table.get({ pk: "P", sk: "S" })).toBeDefined();
  expect((await second.table.query({ index: "listing", pk: "L" })).items).toHaveLength(1);
  expect(await second.receive(second.emulators.queueUrls.runs)).toMatchObject([
    { Body: "doorbell" },
  ]);
  expect(Buffer.from((await second.objects.get("a/b")) ?? [])).toEqual(Buffer.from([1, 2, 3]));
});

test("a killed process loses nothing, and what it had given out is given out again", async () => {
  const first = await start();
  const items = Array.from({ length: 50 }, (_, n) => ({ pk: "P", sk: `S#${n}`, n }));
  await Promise.all(items.map((item) => first.table.put(item)));
  await first.runs.send("taken", { group: "bot" });
  await first.runs.send("done", { group: "bot" });
  expect(await first.receive(first.emulators.queueUrls.runs)).toMatchObject([{ Body: "taken" }]);
  const [done] = await first.receive(first.emulators.queueUrls.runs);
  await first.sqs.send(
    new DeleteMessageCommand({
      QueueUrl: first.emulators.queueUrls.runs,
      ReceiptHandle: done?.ReceiptHandle,
    }),
  );
  process.kill(first.emulators.pid, "SIGKILL");
  expect(await first.emulators.exited).toEqual({ code: null });

  const second = await start();
  expect((await second.table.query({ pk: "P" })).items).toHaveLength(50);
  expect(await second.receive(second.emulators.queueUrls.runs)).toMatchObject([{ Body: "taken" }]);
  expect(await second.receive(second.emulators.queueUrls.runs)).toEqual([]);
});

test("a stop ends long polls and connections in use, promptly", async () => {
  const { emulators, receive, table } = await start();
  const polls = [
    receive(emulators.queueUrls.runs, 20),
    receive(emulators.queueUrls.deploys, 20),
  ].map((poll) => poll.catch(() => "ended"));
  await table.put({ pk: "P", sk: "S" });
  const begun = performance.now();
  await emulators.stop();
  // Not when the polls of 20 seconds are over.
  expect(performance.now() - begun).toBeLessThan(15_000);
  await Promise.all(polls);
  await emulators.stop();
});

test("signals that reach the whole process group do not end the emulators", async () => {
  const { emulators, table } = await start();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.kill(emulators.pid, signal);
  }
  expect(await table.put({ pk: "P", sk: "S" })).toBe(true);
});

test("when the parent is killed the emulators end, and its successor starts on their data", async () => {
  const { parent, pid } = await spawnParent();
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  const { table } = await start();
  expect(await table.put({ pk: "P", sk: "S" })).toBe(true);
  await until(() => expect(isAlive(pid)).toBe(false));
});

test("a data directory in use is refused with a clear message, and goes on working", async () => {
  const { table } = await start();
  const second = startEmulators({ dataDir, log: silentLog, lockPatienceMs: 300 });
  await expect(second).rejects.toThrow(`${dataDir} cannot be opened: another process uses it`);
  expect(await table.put({ pk: "P", sk: "S" })).toBe(true);
});

/** Another process with emulators of its own on the same data. */
async function spawnParent(): Promise<{ parent: ChildProcess; pid: number }> {
  const program = `
    import { startEmulators } from ${JSON.stringify(new URL("start.ts", import.meta.url).href)};
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const { pid } = await startEmulators({ dataDir: ${JSON.stringify(dataDir)}, log });
    process.stdout.write(String(pid));
  `;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = await new Promise<number>((resolve, reject) => {
    parent.once("exit", (code) => reject(new Error(`exit code ${code}`)));
    parent.stdout?.once("data", (text: Buffer) => resolve(Number(text)));
  });
  return { parent, pid };
}
