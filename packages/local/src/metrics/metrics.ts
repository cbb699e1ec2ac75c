import { idsOf } from "@outlet/aws/provisioner/stack-ids";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type {
  Clock,
  Log,
  Metrics,
  MetricsPoint,
  MetricsRange,
  Provisioner,
  QuotaCounters,
  RequestCount,
} from "@outlet/core/ports";
import { Collector } from "./collector.ts";
import { MetricsDatabase, merge } from "./metrics-database.ts";
import { segmentsOf } from "./segments.ts";
import { emptyTally, type RequestTally } from "./tally.ts";

export interface LocalMetrics extends Metrics {
  /** Counts what is new in the access logs; reading does it too. */
  collect(): Promise<void>;
  /** A provisioner that removes no API before its log is safe. */
  guard(provisioner: Provisioner): Provisioner;
  close(): Promise<void>;
}

/**
 * Gateway metrics from the edge's own access logs, in `{dataDir}/metrics/`. Counts are exact,
 * latencies within 0.5 %.
 *
 * @example
 * const metrics = createLocalMetrics({ dataDir, clock, log });
 * await metrics.series(botId, { from, to, periodSeconds: 60 });
 */
export function createLocalMetrics(options: {
  dataDir: string;
  clock: Clock;
  log: Log;
  /** An access log that has grown so large begins anew. */
  logBytesMax?: number;
}): LocalMetrics {
  const folder = join(options.dataDir, "metrics");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new MetricsDatabase(join(folder, "metrics.sqlite"));
  const collector = new Collector({
    ...options,
    logsDir: join(options.dataDir, "access-logs"),
    retiredDir: join(folder, "retired"),
    database,
  });
  return {
    collect: () => collector.collect(),

    async series(botId, range) {
      await collector.collect();
      const tallies = new Map<number, RequestTally>();
      for (const segment of segmentsOf(range)) {
        for (const row of database.rows(botId, segment)) {
          const at = periodOf(range, row.at);
          tallies.set(at, merge(tallies.get(at) ?? emptyTally(), row));
        }
      }
      return [...tallies].map(([at, tally]) => toPoint(at, tally));
    },

    async requests(botIds, range) {
      await collector.collect();
      const counts = new Map<string, RequestCount>();
      for (const segment of segmentsOf(range)) {
        for (const row of database.requests(botIds, segment)) {
          const at = periodOf(range, row.at);
          const name = `${at} ${row.botId}`;
          const count = counts.get(name) ?? { botId: row.botId, at, requests: 0 };
          count.requests += row.requests;
          counts.set(name, count);
        }
      }
      return [...counts.values()].sort((a, b) => a.at - b.at);
    },

    guard: (provisioner) => ({
      templateVersion: provisioner.templateVersion,
      deploy: (spec, token) => provisioner.deploy(spec, token),
      status: (stackName) => provisioner.status(stackName),
      putKey: (stack, key) => provisioner.putKey(stack, key),
      removeKey: (stack, key) => provisioner.removeKey(stack, key),
      async remove(stackName, token) {
        const { outputs } = await provisioner.status(stackName);
        if (outputs) collector.retire(idsOf(outputs.stack).restApiId);
        await provisioner.remove(stackName, token);
        await collector.collect();
      },
    }),

    async close() {
      await collector.collect();
      database.close();
    },
  };
}

/** What keys have used of their quota, from the edge's own counters. */
export function createLocalQuotaCounters(dataDir: string): QuotaCounters & { close(): void } {
  let opened: DatabaseSync | undefined;
  return {
    async used(stack, { from, to }) {
      // Only now: the edge makes it.
      opened ??= new DatabaseSync(join(dataDir, "gateway.sqlite"), { readOnly: true });
      return opened
        .prepare(
          "SELECT key_id, day, used FROM usage WHERE usage_plan_id = ? AND day >= ? AND day <= ?",
        )
        .all(idsOf(stack).usagePlanId, from, to)
        .map((row) => ({
          keyId: String(row.key_id),
          day: String(row.day),
          used: Number(row.used),
        }));
    },
    close: () => opened?.close(),
  };
}

const periodOf = ({ from, periodSeconds }: MetricsRange, at: number): number => {
  const period = periodSeconds * 1000;
  return from + Math.floor((at - from) / period) * period;
};

const toPoint = (at: number, { latencies, ...counts }: RequestTally): MetricsPoint => ({
  at,
  ...counts,
  p50: latencies.at(0.5),
  p90: latencies.at(0.9),
  p99: latencies.at(0.99),
});
