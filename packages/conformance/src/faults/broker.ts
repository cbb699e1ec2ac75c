import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { Faults } from "./faults.ts";
import type { Delivered, Lane } from "./stores.ts";
import type { Choice, World } from "./world.ts";

/**
 * A standard queue in virtual time: at least once, in any order, with a visibility timeout and a
 * last receive. Each message has been through the real queue.
 */
export interface Broker {
  send(body: string, group: string, delaySeconds: number): Promise<void>;
  /** The choices to hand over messages, one for each worker that has nothing to do. */
  deliveries(idle: number, handOver: (event: SQSEvent, done: Acknowledge) => void): Choice[];
  /** Messages that somebody will yet receive. */
  readonly waiting: number;
}

/** Told which messages failed, or nothing at all where the worker died. */
export type Acknowledge = (failed: ReadonlySet<string>) => Promise<void>;

interface Message extends Delivered {
  visibleAt: number;
  receives: number;
}

const receivesMax = 5;
const batchMax = 3;

export function createBroker(options: {
  world: World;
  faults: Faults;
  lane: Lane;
  visibilityMs: number;
}): Broker {
  const { world, faults, lane, visibilityMs } = options;
  const messages = new Set<Message>();
  const discarded = new Set<string>();
  const visible = () => [...messages].filter((message) => message.visibleAt <= world.now());
  const wakeAt = (ms: number) => world.at(ms, "", () => {});

  /** A copy has the same handle, which is good for one removal. */
  async function discard(message: Delivered): Promise<void> {
    if (discarded.has(message.receiptHandle)) return;
    discarded.add(message.receiptHandle);
    await lane.remove(message);
  }

  function add(delivered: Delivered, visibleAt: number): void {
    messages.add({ ...delivered, visibleAt, receives: 0 });
    wakeAt(visibleAt);
  }

  function receive(message: Message): SQSRecord | undefined {
    message.receives += 1;
    if (message.receives > receivesMax) {
      world.note("  a bell goes to the dead letters");
      messages.delete(message);
      return undefined;
    }
    message.visibleAt = world.now() + visibilityMs;
    wakeAt(message.visibleAt);
    return toRecord(message);
  }

  return {
    get waiting() {
      return messages.size;
    },
    async send(body, group, delaySeconds) {
      for (const delivered of await lane.pass(body, group)) {
        const fault = faults.atBell();
        if (fault) world.note(`  ! ${fault}`);
        const visibleAt = world.now() + delaySeconds * 1000;
        if (fault === "bellLost") await discard(delivered);
        else add(delivered, visibleAt);
        if (fault === "bellTwice") add(delivered, visibleAt + world.prng.below(3_000));
      }
    },
    deliveries(idle, handOver) {
      if (idle === 0 || visible().length === 0) return [];
      const deliver = () => {
        const batch: Message[] = [];
        const size = world.prng.between(1, batchMax);
        while (batch.length < size) {
          const rest = visible().filter((message) => !batch.includes(message));
          if (rest.length === 0) break;
          batch.push(world.prng.pick(rest));
        }
        const records = batch.flatMap((message) => receive(message) ?? []);
        if (records.length === 0) return;
        handOver({ Records: records }, async (failed) => {
          for (const message of batch) {
            if (failed.has(message.messageId) || !messages.delete(message)) continue;
            await discard(message);
          }
        });
      };
      return [{ label: "deliver", happen: deliver }];
    },
  };
}

const toRecord = ({ messageId, body, receiptHandle, receives }: Message): SQSRecord => ({
  messageId,
  receiptHandle,
  body,
  attributes: {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: "0",
    SenderId: "faults",
    ApproximateFirstReceiveTimestamp: "0",
  },
  messageAttributes: {},
  md5OfBody: "",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:outlet-runs",
  awsRegion: "us-east-1",
});
