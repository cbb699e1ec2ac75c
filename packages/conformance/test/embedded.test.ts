import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClients } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { createSqsQueue } from "@outlet/aws/sqs-queue";
import { StoreUnavailable, silentLog } from "@outlet/core/ports";
import { type Emulators, startEmulators } from "@outlet/local/emulators/start";
import { createLocalSecretStore } from "@outlet/local/secret-store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { objectStoreContract } from "../src/contracts/object-store-contract.ts";
import { queueContract } from "../src/contracts/queue-contract.ts";
import { secretStoreContract } from "../src/contracts/secret-store-contract.ts";
import {
  makeObjectStoreSubject,
  makeQueueSubject,
  makeTableSubject,
} from "../src/contracts/subjects.ts";
import { tableContract } from "../src/contracts/table-contract.ts";

let dataDir: string;
let emulators: Emulators;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-conformance-"));
  emulators = await startEmulators({ dataDir, log: silentLog });
});

afterAll(async () => {
  await emulators?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const options = () => ({ region: emulators.region, endpoints: emulators.endpoints, local: true });

tableContract("the embedded table", () => makeTableSubject(options()));
tableContract("the embedded table, by the lean client", () => makeTableSubject(options(), "lean"));

const ofQueue = {
  "a message may hold characters beyond the basic plane":
    "fauxqs refuses characters above U+FFFD, which SQS takes",
  "the consumer is told the group":
    "fauxqs takes MessageGroupId on a standard queue and drops it: the local poller does the fairness",
};
queueContract("fauxqs", () => makeQueueSubject(options()), ofQueue);
queueContract("fauxqs, by the lean client", () => makeQueueSubject(options(), "lean"), ofQueue);

objectStoreContract("fauxqs", () => makeObjectStoreSubject(options()));

secretStoreContract("a data folder", async () => {
  const store = createLocalSecretStore(dataDir);
  return { store, close: () => store.close() };
});

describe("an outage of the embedded stores", () => {
  test("surfaces within seconds when they hang, and within one when they are gone", async () => {
    const dir = await mkdtemp(join(tmpdir(), "outlet-conformance-"));
    const doomed = await startEmulators({ dataDir: dir, log: silentLog });
    const clients = createClients({
      region: doomed.region,
      endpoints: doomed.endpoints,
      local: true,
    });
    const table = createDynamoTable({ client: clients.dynamodb, tableName: doomed.tableName });
    const queue = createSqsQueue({ client: clients.sqs, queueUrl: doomed.queueUrls.runs });
    const store = createS3ObjectStore({ client: clients.s3, bucket: doomed.bucket });
    const use = () => [
      table.get({ pk: "P", sk: "S" }),
      queue.send("{}", { group: "bot" }),
      store.put("a", new Uint8Array([1]), "text/plain"),
    ];
    await Promise.all(use());

    process.kill(doomed.pid, "SIGSTOP");
    const [hangingTable, hangingQueue] = use().map((call) => settle(call));
    expect(await hangingTable).toBeInstanceOf(StoreUnavailable);
    expect(await hangingQueue).toBeInstanceOf(StoreUnavailable);
    process.kill(doomed.pid, "SIGCONT");

    await doomed.stop();
    for (const error of await Promise.all(use().map((call) => settle(call)))) {
      expect(error).toBeInstanceOf(StoreUnavailable);
    }
    await rm(dir, { recursive: true, force: true });
  });
});

/** What a call that has to end ends by. */
const settle = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
