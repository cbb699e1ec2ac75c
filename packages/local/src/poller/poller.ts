import type { JsonClient } from "@outlet/aws/lean/json-client";
import { type Clock, type Log, systemClock } from "@outlet/core/ports";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { createFairBuffer } from "./fair-buffer.ts";
import { createQueueCalls, messagesPerCall } from "./queue-calls.ts";
import { failedIds, type Message, toRecord } from "./record.ts";

export interface PollerOptions {
  /** One that does not try again: a poller is a retry loop itself. */
  sqs: JsonClient;
  queueUrl: string;
  invoke: (event: SQSEvent) => Promise<SQSBatchResponse | void>;
  /** Records an invocation gets at most, 1–10. */
  batchSize?: number;
  /** Invocations at once. From 2 up one group alone leaves a slot free for the others. */
  maximumConcurrency: number;
  visibilityTimeoutSeconds: number;
  /** Whose turn it is. One group's backlog does not delay another's messages. */
  groupOf: (record: SQSRecord) => string;
  log: Log;
  clock?: Clock;
  /** Messages received ahead of their turn, at most. */
  bufferMax?: number;
}

export interface Poller {
  start(): void;
  /** Receives no more, and resolves when the invocations that run have ended. */
  stop(): Promise<void>;
}

interface Waiting {
  record: SQSRecord;
  invisibleUntil: number;
}

const longPollSeconds = 20;
/** Receivers while there is a backlog; one alone when there is none. */
const receiversMax = 4;
const receiveBackoffMaxMs = 2_000;
/** Invocations at once while what had been waiting before the start is read. */
const catchUpSlots = 2;

/**
 * Hands messages to a function as a Lambda event source mapping with ReportBatchItemFailures does:
 * deletes what succeeded, leaves what failed until its visibility timeout is over, counts a thrown
 * error or a senseless answer as a failure of the whole batch.
 *
 * It adds the fairness of an SQS fair queue, which fauxqs lacks: messages are received ahead, kept
 * invisible while they wait, and served group by group. An invocation gets messages of one group.
 * What waited before the start is read first.
 *
 * @example
 * const poller = createPoller({ sqs: createJsonClient("sqs", { ...options, triesMax: 1 }), queueUrl, invoke, log,
 *   maximumConcurrency: 8, visibilityTimeoutSeconds: 120, groupOf: (record) => botIdOf(record) });
 * poller.start();
 */
export function createPoller(options: PollerOptions): Poller {
  const { batchSize = 10, bufferMax = 10_000, visibilityTimeoutSeconds, log } = options;
  const clock = options.clock ?? systemClock;
  const visibilityMs = visibilityTimeoutSeconds * 1_000;
  const queue = createQueueCalls(options.sqs, options.queueUrl, visibilityTimeoutSeconds);
  const buffer = createFairBuffer<Waiting>(options.maximumConcurrency);
  const catchUpMax = Math.min(catchUpSlots, options.maximumConcurrency);
  const invocations = new Set<Promise<void>>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const loops: Promise<void>[] = [];
  let queueArn: string | undefined;
  let helpers = 0;
  let startedAt = 0;
  /** What waited before the start has been read, but for what is on its way. */
  let endSeen = false;
  let onItsWay = 0;
  let wakeReceiver: (() => void) | undefined;

  /** The receiver that is always there: long polls when idle, calls for help when it is not. */
  async function receiveForEver(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        queueArn ??= await queue.arn(signal);
        await untilRoom();
        const isBacklog = (await receive(endSeen ? longPollSeconds : 0)) === messagesPerCall;
        if (failures > 0) log.info("poller: the queue answers again");
        failures = 0;
        if (isBacklog) callForHelp();
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0) log.warn("poller: cannot receive", { error: String(error) });
        failures += 1;
        await pause(Math.min(50 * 2 ** failures, receiveBackoffMaxMs));
      }
    }
  }

  function callForHelp(): void {
    while (helpers < receiversMax - 1 && hasRoom()) {
      helpers += 1;
      void helpReceive().finally(() => {
        helpers -= 1;
      });
    }
  }

  /** Receives until the backlog is gone. What goes wrong here the main receiver meets too. */
  async function helpReceive(): Promise<void> {
    try {
      while (!signal.aborted && hasRoom() && (await receive(0)) === messagesPerCall);
    } catch (error) {
      log.debug("poller: a helping receiver gave up", { error: String(error) });
    }
  }

  async function receive(waitSeconds: number): Promise<number> {
    const isOfOld = !endSeen;
    if (isOfOld) onItsWay += 1;
    try {
      const messages = await queue.receive(waitSeconds, signal);
      const invisibleUntil = clock.now() + visibilityMs;
      for (const message of messages) accept(message, invisibleUntil);
      endSeen ||= messages.length < messagesPerCall || !hasRoom() || !messages.every(isOld);
      return messages.length;
    } finally {
      if (isOfOld) onItsWay -= 1;
      dispatch();
    }
  }

  /**
   * Whose messages wait is known once they are read, and thousands of one group may lie before the
   * first of another. So at the start they are read before all slots go to whoever comes first:
   * until one receiver sees the end, and those that were under way by then have come back too.
   */
  const isCatchingUp = () => !endSeen || onItsWay > 0;

  const isOld = ({ Attributes }: Message) => Number(Attributes?.SentTimestamp ?? 0) < startedAt;

  function accept(message: Message, invisibleUntil: number): void {
    const record = toRecord(message, queueArn ?? "");
    const group = groupOf(record);
    // What the queue of the real thing says, where this one keeps it to itself.
    record.attributes.MessageGroupId ??= group;
    buffer.add(group, record.messageId, { record, invisibleUntil });
  }

  function groupOf(record: SQSRecord): string {
    try {
      return options.groupOf(record);
    } catch (error) {
      // It is the function's to refuse, and to fail into the dead-letter queue.
      log.warn("poller: a message of no group", { error: String(error) });
      return "";
    }
  }

  const hasRoom = () => buffer.size <= bufferMax - messagesPerCall * receiversMax;

  function untilRoom(): Promise<void> {
    if (hasRoom() || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      wakeReceiver = resolve;
    });
  }

  function dispatch(): void {
    while (!signal.aborted) {
      const batch = buffer.take(batchSize, isCatchingUp() ? catchUpMax : undefined);
      if (!batch) break;
      const invocation = serve(batch.entries).finally(() => {
        invocations.delete(invocation);
        buffer.release(batch.group);
        dispatch();
      });
      invocations.add(invocation);
    }
    if (hasRoom()) wakeReceiver?.();
  }

  async function serve(entries: Waiting[]): Promise<void> {
    const records = await refresh(entries);
    if (records.length === 0) return;
    const ids = records.map((record) => record.messageId);
    let failed: ReadonlySet<string>;
    try {
      failed = failedIds(await options.invoke({ Records: records }), ids);
    } catch (error) {
      log.error("poller: the function threw", { error: String(error), messages: ids.length });
      return;
    }
    const done = records.filter((record) => !failed.has(record.messageId));
    if (done.length > 0) await remove(done);
  }

  /** An invocation has the whole visibility timeout before it, however long its messages waited. */
  async function refresh(entries: Waiting[]): Promise<SQSRecord[]> {
    const records = entries.map((entry) => entry.record);
    const freshUntil = clock.now() + visibilityMs * 0.9;
    if (entries.every((entry) => entry.invisibleUntil >= freshUntil)) return records;
    try {
      const lost = new Set(await queue.keepInvisible(records));
      return records.filter((record) => !lost.has(record.messageId));
    } catch (error) {
      log.warn("poller: messages left for their next delivery", { error: String(error) });
      return [];
    }
  }

  async function remove(records: SQSRecord[]): Promise<void> {
    for (let attempt = 1; attempt <= 5; attempt++) {
      try {
        const left = await queue.remove(records);
        if (left.length > 0) log.warn("poller: not deleted", { messageIds: left });
        return;
      } catch (error) {
        log.warn("poller: cannot delete", { error: String(error), attempt });
        await clock.sleep(20 * 2 ** attempt);
      }
    }
  }

  async function keepWaitingInvisible(): Promise<void> {
    while (!signal.aborted) {
      await pause(visibilityMs / 4);
      const soon = clock.now() + visibilityMs / 2;
      const stale = [...buffer.waiting()].filter((entry) => entry.invisibleUntil < soon);
      for (let i = 0; i < stale.length && !signal.aborted; i += messagesPerCall) {
        await keepInvisible(stale.slice(i, i + messagesPerCall));
      }
    }
  }

  async function keepInvisible(entries: Waiting[]): Promise<void> {
    try {
      const invisibleUntil = clock.now() + visibilityMs;
      const lost = await queue.keepInvisible(entries.map((entry) => entry.record));
      for (const entry of entries) entry.invisibleUntil = invisibleUntil;
      for (const id of lost) buffer.remove(id);
    } catch (error) {
      // They become visible, are received again and take their own places.
      log.warn("poller: cannot keep waiting messages invisible", { error: String(error) });
    }
  }

  /** Ends early, without an error, on stop. */
  async function pause(ms: number): Promise<void> {
    await clock.sleep(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  return {
    start() {
      if (loops.length > 0) return;
      startedAt = clock.now();
      loops.push(receiveForEver(), keepWaitingInvisible());
    },
    async stop() {
      stopping.abort();
      wakeReceiver?.();
      await Promise.all(loops);
      while (invocations.size > 0) await Promise.all(invocations);
    },
  };
}
