import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import { type Clients, createClients } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { createSqsQueue } from "@outlet/aws/sqs-queue";
import {
  type Change,
  type Item,
  type Key,
  type ObjectStore,
  StoreUnavailable,
  silentLog,
  type Table,
} from "@outlet/core/ports";
import { startEmulators } from "@outlet/local/emulators/start";

/** A doorbell as it came over the wire. */
export interface Delivered {
  messageId: string;
  body: string;
  receiptHandle: string;
}

/** Real stores at the end of a wire, shared by all episodes. */
export interface Stores {
  table: Table;
  objects: ObjectStore;
  /** The same, past whatever makes the wire unreliable: for the harness itself. */
  trusted: { table: Table; objects: ObjectStore };
  /** A queue of its own for each lane of episodes. */
  openLane(lane: number): Promise<Lane>;
  close(): Promise<void>;
}

export interface Lane {
  /** Through the queue and back: what is kept is what came over the wire, perhaps twice. */
  pass(body: string, group: string): Promise<Delivered[]>;
  remove(message: Delivered): Promise<void>;
}

/** DynamoDB, SQS and S3 of the embedded runtime. */
export async function startEmbeddedStores(dataDir: string): Promise<Stores> {
  const emulators = await startEmulators({
    dataDir,
    log: silentLog,
    visibilityTimeoutSeconds: 600,
    // Thousands of conversations: the cap of a single user's runtime makes it slow.
    heapMb: 800,
  });
  const { region, endpoints, bucket, tableName } = emulators;
  // What goes wrong is the seed's choice: no call is given up because the machine is busy.
  const clients = createClients({ region, endpoints, local: true, requestTimeoutMs: 60_000 });
  return {
    ...connect(clients, clients, { tableName, bucket }),
    close: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await emulators.stop();
    },
  };
}

/** The adapters and lanes over these clients; the trusted ones are for the harness itself. */
export function connect(
  clients: Clients,
  trusted: Clients,
  { tableName, bucket }: { tableName: string; bucket: string },
): Omit<Stores, "close"> {
  const over = ({ dynamodb, s3 }: Clients) => ({
    table: createDynamoTable({ client: dynamodb, tableName }),
    objects: createS3ObjectStore({ client: s3, bucket }),
  });
  return {
    ...over(clients),
    trusted: over(trusted),
    async openLane(lane) {
      const name = `outlet-faults-${process.pid}-${lane}-${++lanes}`;
      const { QueueUrl: queueUrl } = await trusted.sqs.send(
        new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: "600" } }),
      );
      if (!queueUrl) throw new Error("The queue has no URL.");
      const queue = createSqsQueue({ client: clients.sqs, queueUrl });
      return {
        async pass(body, group) {
          await queue.send(body, { group });
          const input = { QueueUrl: queueUrl, MaxNumberOfMessages: 10 };
          const { Messages = [] } = await trusted.sqs.send(new ReceiveMessageCommand(input));
          return Messages.flatMap(({ MessageId, Body, ReceiptHandle }) =>
            MessageId && Body !== undefined && ReceiptHandle
              ? [{ messageId: MessageId, body: Body, receiptHandle: ReceiptHandle }]
              : [],
          );
        },
        async remove({ receiptHandle }) {
          const input = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle };
          await trusted.sqs.send(new DeleteMessageCommand(input));
        },
      };
    },
  };
}

let lanes = 0;

const partitionKeys = ["pk", "listingPk", "publicPk", "openPk"];

/** A table of one's own within a shared one: each partition's name begins with `space`. */
export function within(table: Table, space: string): Table {
  const into = (fields: Record<string, unknown>) => {
    const moved = { ...fields };
    for (const name of partitionKeys) {
      if (typeof moved[name] === "string") moved[name] = space + moved[name];
    }
    return moved;
  };
  const outOf = (item: Item): Item => {
    const moved: Item = { ...item };
    for (const name of partitionKeys) {
      const value = moved[name];
      if (typeof value === "string") moved[name] = value.slice(space.length);
    }
    return moved;
  };
  const keyed = ({ pk, sk }: Key): Key => ({ pk: space + pk, sk });
  const changed = (change: Change): Change => ({
    ...change,
    ...(change.set ? { set: into(change.set) as NonNullable<Change["set"]> } : {}),
    ...(change.setIfAbsent
      ? { setIfAbsent: into(change.setIfAbsent) as NonNullable<Change["setIfAbsent"]> }
      : {}),
  });
  return {
    async get(key) {
      const item = await table.get(keyed(key));
      return item && outOf(item);
    },
    put: (item, condition) => table.put(into(item) as Item, condition),
    async update(key, change, condition) {
      const item = await table.update(keyed(key), changed(change), condition);
      return item && outOf(item);
    },
    transact: (writes) =>
      table.transact(
        writes.map((write) =>
          "item" in write
            ? { ...write, item: into(write.item) as Item }
            : { ...write, key: keyed(write.key), change: changed(write.change) },
        ),
      ),
    remove: (key, condition) => table.remove(keyed(key), condition),
    async query(range) {
      const page = await table.query({ ...range, pk: space + range.pk });
      return { ...page, items: page.items.map(outOf) };
    },
  };
}

/** For outages that the harness makes itself. */
export const unavailable = (store: string): StoreUnavailable =>
  new StoreUnavailable(`${store}: made unavailable by the harness`);
