import { createClients } from "@outlet/aws/clients";
import { createJsonClient } from "@outlet/aws/lean/json-client";
import { type Provisioner, systemClock } from "@outlet/core/ports";
import { Bell } from "@outlet/core/conversations/bell";
import { Delivery } from "@outlet/core/conversations/delivery";
import { createDeadLetters } from "@outlet/functions/workers/dead-letters/handler";
import { createDeployer } from "@outlet/functions/workers/deployer/handler";
import { probe } from "@outlet/functions/workers/deployer/probe";
import { createSweeper } from "@outlet/functions/workers/sweeper/handler";
import { createChildReader } from "@outlet/functions/workers/syncer/child-reader";
import { createSyncer } from "@outlet/functions/workers/syncer/handler";
import { createWebhooks } from "@outlet/functions/workers/webhooks/handler";
import { createWorker } from "@outlet/functions/workers/worker/handler";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { removeExpired } from "../emulators/expiry.ts";
import type { Emulators } from "../emulators/start.ts";
import type { LambdaFunction } from "../function-host/function.ts";
import type { LocalMetrics } from "../metrics/metrics.ts";
import { createPoller, type Poller } from "../poller/poller.ts";
import { type Backends, clientOptions, leanOptions } from "./backends.ts";
import { lambda } from "./platform.ts";
import { createSchedule } from "./schedule.ts";

const sweepEveryMs = 2_000;
const collectEveryMs = 5_000;
const expireEveryMs = 600_000;
/** Lambda's own limit. */
const functionTimeoutMs = 900_000;
/** How long runs in flight may take to end before they are handed over to the next start. */
const drainMs = 700;
/** How long everything else may take; what does not end is left as a killed process leaves it. */
const patienceMs = 1_500;

/** Starts everything that works without being asked over HTTP. */
export function startWorkers(
  emulators: Emulators,
  backends: Backends & { provisioner: Provisioner; metrics: LocalMetrics },
): { stop(): Promise<void> } {
  const shutdown = new AbortController();
  const worker = lambda("worker", createWorker(backends, shutdown.signal), functionTimeoutMs);
  const deployer = lambda("deployer", createDeployer({ ...backends, probe }), functionTimeoutMs);
  const reader = createChildReader();
  const syncer = lambda("syncer", createSyncer({ ...backends, reader }), functionTimeoutMs);
  const deadLetters = lambda("dead-letters", createDeadLetters(backends), functionTimeoutMs);
  const webhooks = lambda("webhooks", createWebhooks(backends), functionTimeoutMs);
  const sweepLater = createSweeper(backends);
  // At first no bell of a new message is on its way: who was about to ring ended with the process before.
  let sweep = createSweeper({ ...backends, policy: { ...backends.policy, quietMs: 0 } });
  const sweeper = createSchedule(
    async () => {
      await sweep();
      sweep = sweepLater;
    },
    { everyMs: sweepEveryMs, log: backends.log },
  );
  const { dynamodb: client } = createClients(clientOptions(emulators));
  const { tableName } = emulators;
  const expiry = createSchedule(
    async (stopping) => void (await removeExpired({ ...backends, client, tableName }, stopping)),
    { everyMs: expireEveryMs, log: backends.log },
  );
  // Ahead of any reader, so that none of them finds a day's worth of lines to count.
  const collector = createSchedule(() => backends.metrics.collect(), {
    everyMs: collectEveryMs,
    log: backends.log,
  });
  const poll = (
    queueUrl: string,
    fn: LambdaFunction,
    maximumConcurrency: number,
    groupOf: (body: string) => string = conversationGroup,
  ): Poller =>
    createPoller({
      sqs: createJsonClient("sqs", { ...leanOptions(emulators, "sqs"), triesMax: 1 }),
      queueUrl,
      invoke: async (event: SQSEvent) => (await fn.invoke(event)) as SQSBatchResponse,
      // An invocation costs nothing here, and a batch would give one bot ten times its share.
      batchSize: 1,
      maximumConcurrency,
      visibilityTimeoutSeconds: 120,
      groupOf: (record) => groupOf(record.body),
      log: backends.log,
    });
  const pollers = [
    poll(emulators.queueUrls.runs, worker, 64),
    poll(emulators.queueUrls.runsDeadLetters, deadLetters, 1),
    poll(emulators.queueUrls.deploys, deployer, 2),
    poll(emulators.queueUrls.syncs, syncer, 2),
    poll(emulators.queueUrls.webhooks, webhooks, 8, deliveryGroup),
  ];
  for (const poller of pollers) poller.start();
  sweeper.start();
  expiry.start();
  collector.start();
  async function stop(): Promise<void> {
    const handOver = setTimeout(() => shutdown.abort(), drainMs);
    const parts = [sweeper, expiry, collector, ...pollers];
    const ended = Promise.all(parts.map((part) => part.stop())).then(() => "ended" as const);
    const late = new AbortController();
    const patience = systemClock.sleep(patienceMs, late.signal).then(
      () => "late" as const,
      () => ended,
    );
    const outcome = await Promise.race([ended, patience]).finally(() => late.abort());
    clearTimeout(handOver);
    if (outcome === "late") backends.log.warn("work under way is left to the next start");
    await reader.close();
  }

  let stopped: Promise<void> | undefined;
  return { stop: () => (stopped ??= stop()) };
}

/** The bot that a message is for; one that is none goes to a group of its own. */
const grouping =
  <T>(parse: (body: string) => T, groupOf: (message: T) => string) =>
  (body: string): string => {
    try {
      return groupOf(parse(body));
    } catch {
      return "other";
    }
  };
const conversationGroup = grouping(Bell.parse, Bell.groupOf);
const deliveryGroup = grouping(Delivery.parse, Delivery.groupOf);
