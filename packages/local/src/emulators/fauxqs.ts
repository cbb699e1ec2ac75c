import { DatabaseSync } from "node:sqlite";
import type { BuildAppOptions } from "fauxqs";
import type { Emulator } from "./emulator.ts";
import { type Action, createQueueServer, type SqsError } from "./queue-server.ts";
import {
  type Assignment,
  bucket,
  queueNames,
  receivesMax,
  region,
  type Sockets,
} from "./resources.ts";

type Stores = NonNullable<BuildAppOptions["stores"]>;
type Persistence = NonNullable<Stores["sqsStore"]["persistence"]>;

/** SQS and S3 on disk: fauxqs over SQLite. */
export async function startFauxqs(
  dataDir: string,
  sockets: Sockets,
  { visibilityTimeoutSeconds }: Assignment,
): Promise<Emulator> {
  const { buildApp, createStores, createPersistence, actions, isSqsError } = await load();
  const { persistence, db } = createPersistence(dataDir);
  const stores = createStores();
  // In this order: stores that persist already would write back, row by row, what they load.
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  stores.sqsStore.persistence = persistence;
  stores.s3Store.persistence = persistence;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;

  releaseInFlight(stores.sqsStore);
  ensureQueues(stores.sqsStore, visibilityTimeoutSeconds);
  stores.s3Store.createBucket(bucket);

  const app = buildApp({ logger: false, defaultRegion: region, stores });
  await app.listen({ path: sockets.s3 });
  const queues = createQueueServer({ app, store: stores.sqsStore, db, actions, isSqsError });
  await queues.listen(sockets.sqs);
  return {
    stop: async () => {
      // Its stop answers who still waits for messages.
      await Promise.all([app.close(), queues.close()]);
      persistence.close();
    },
  };
}

/**
 * `startFauxqs` of the package listens on all interfaces, and its parts are not among the package's
 * exports: they are loaded by file. The version is pinned for that.
 */
async function load() {
  const part = (file: string): Promise<Record<string, unknown>> =>
    import(new URL(file, import.meta.resolve("fauxqs")).href);
  const [{ buildApp }, sqs, sns, s3, disk, errors, ...acts] = await Promise.all([
    import("fauxqs"),
    part("sqs/sqsStore.js"),
    part("sns/snsStore.js"),
    part("s3/s3Store.js"),
    part("persistence.js"),
    part("common/errors.js"),
    ...actionNames.map((name) => part(`sqs/actions/${name}.js`)),
  ]);
  const { SqsError } = errors as { SqsError: new () => SqsError };
  const { SqsStore } = sqs as { SqsStore: new () => Stores["sqsStore"] };
  const { SnsStore } = sns as { SnsStore: new () => Stores["snsStore"] };
  const { S3Store } = s3 as { S3Store: new () => Stores["s3Store"] };
  const { PersistenceManager } = disk as { PersistenceManager: new (dir: string) => Persistence };
  return {
    buildApp,
    actions: new Map(
      actionNames.map((name, i) => {
        const action = acts[i]?.[name] as Action;
        return [`${name[0]?.toUpperCase()}${name.slice(1)}`, action] as const;
      }),
    ),
    isSqsError: (error: unknown): error is SqsError => error instanceof SqsError,
    createStores: (): Stores => ({
      sqsStore: new SqsStore(),
      snsStore: new SnsStore(),
      s3Store: new S3Store(),
    }),
    createPersistence: (dir: string) => {
      const persistence = new PersistenceManager(dir);
      return { persistence, db: relax(persistence) };
    },
  };
}

/** What the runtime asks for all the time. */
const actionNames = [
  "sendMessage",
  "receiveMessage",
  "deleteMessage",
  "deleteMessageBatch",
  "changeMessageVisibility",
  "changeMessageVisibilityBatch",
];

/**
 * One fsync a write, in a process that answers for the table too, is slow where disks are. Without,
 * a killed process still loses nothing; a power cut may lose the last moments, as with the table
 * (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
function relax(persistence: Persistence): DatabaseSync {
  const db: unknown = Reflect.get(persistence, "db");
  if (!(db instanceof DatabaseSync)) throw new Error("fauxqs keeps its database elsewhere now");
  db.exec("PRAGMA synchronous = NORMAL");
  return db;
}

/** Whoever had received these is gone with the last run: nobody need wait for their timeout. */
function releaseInFlight(store: Stores["sqsStore"]): void {
  for (const queue of store.allQueues()) {
    for (const entry of queue.inflightMessages.values()) entry.visibilityDeadline = 0;
  }
}

function ensureQueues(store: Stores["sqsStore"], visibilityTimeoutSeconds: number): void {
  const visibility = { VisibilityTimeout: String(visibilityTimeoutSeconds) };
  ensureQueue(store, queueNames.runsDeadLetters, { MessageRetentionPeriod: "1209600" });
  ensureQueue(store, queueNames.deploys, visibility);
  ensureQueue(store, queueNames.syncs, visibility);
  ensureQueue(store, queueNames.webhooks, visibility);
  ensureQueue(store, queueNames.runs, {
    ...visibility,
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: queueArn(queueNames.runsDeadLetters),
      maxReceiveCount: receivesMax,
    }),
  });
}

function ensureQueue(
  store: Stores["sqsStore"],
  name: string,
  attributes: Record<string, string>,
): void {
  const queue = store.getQueueByName(name);
  if (queue) queue.setAttributes(attributes);
  else store.createQueue(name, queueUrl(name), queueArn(name), attributes);
}

/** Its host is never looked at. */
export function queueUrl(name: string): string {
  return `http://localhost/000000000000/${name}`;
}

function queueArn(name: string): string {
  return `arn:aws:sqs:${region}:000000000000:${name}`;
}
