import {
  CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from "@aws-sdk/client-cloudwatch";
import {
  type Metrics,
  type MetricsPoint,
  type MetricsRange,
  StoreUnavailable,
} from "@outlet/core/ports";
import type { ClientOptions } from "./clients.ts";
import { apiName } from "./published-stack/names.ts";
import { metricNamespace } from "./published-stack/template.ts";
import { reachStore } from "./store-error.ts";

/** Queries and points that one GetMetricData may ask for. */
const queriesMax = 500;
const pointsMax = 100_800;

export function createCloudWatchClient(
  options: Pick<ClientOptions, "region" | "credentials"> & { endpoint?: string },
): CloudWatchClient {
  const { endpoint, ...rest } = options;
  return new CloudWatchClient({
    ...rest,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 900, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
}

/**
 * Gateway metrics from CloudWatch: API Gateway's own under the API's name, and those that the
 * bot's stack counts from its access log. They arrive some minutes late.
 *
 * @example createCloudWatchMetrics({ client: createCloudWatchClient({ region }) })
 */
export function createCloudWatchMetrics({
  client,
  stage,
}: {
  client: CloudWatchClient;
  /** Of the app, part of the APIs' names. */
  stage?: string;
}): Metrics {
  const nameOf = (botId: string) => apiName(botId, stage);
  return {
    async series(botId, range) {
      return toPoints(
        range,
        await getData(client, range, seriesQueries(botId, nameOf(botId), range)),
      );
    },

    async requests(botIds, range) {
      const period = countingPeriod(range);
      const points = (range.to - range.from) / 1000 / period;
      const atOnce = Math.max(1, Math.min(queriesMax, Math.floor(pointsMax / points)));
      const counts: Awaited<ReturnType<Metrics["requests"]>> = [];
      for (let begin = 0; begin < botIds.length; begin += atOnce) {
        const some = botIds.slice(begin, begin + atOnce);
        const queries = some.map((botId, i) =>
          gatewayQuery(`m${i}`, nameOf(botId), "Count", "SampleCount", period),
        );
        const results = await getData(client, range, queries);
        some.forEach((botId, i) => {
          for (const [at, values] of results.get(`m${i}`) ?? []) {
            if (sum(values) > 0) counts.push({ botId, at, requests: sum(values) });
          }
        });
      }
      return counts.sort((a, b) => a.at - b.at);
    },
  };
}

/** By the id of a query, then by where a period of the range begins: what CloudWatch has of it. */
type Results = Map<string, Map<number, number[]>>;

/** `Count` is 1 a request; its sample count is what AWS documents as the number of requests. */
const gatewayMetrics = {
  requests: ["Count", "SampleCount"],
  clientErrors: ["4XXError", "Sum"],
  serverErrors: ["5XXError", "Sum"],
  p50: ["Latency", "p50"],
  p90: ["Latency", "p90"],
  p99: ["Latency", "p99"],
} as const;

const filterMetrics = {
  throttled: "ThrottledRequests",
  quotaExceeded: "QuotaExceededRequests",
} as const;

/** Lengths of a period, seconds, each of which begins at whole multiples of itself. */
const evenPeriods = [86_400, 21_600, 3_600, 900, 300, 60];

/**
 * The period to count by. CloudWatch may cut time at multiples of a period, wherever the range
 * begins; counts of shorter periods that fit can be added up, so those are right all the same.
 */
function countingPeriod({ from, periodSeconds }: MetricsRange): number {
  const fits = (period: number) => periodSeconds % period === 0 && (from / 1000) % period === 0;
  return evenPeriods.find(fits) ?? 60;
}

function seriesQueries(botId: string, api: string, range: MetricsRange): MetricDataQuery[] {
  const period = countingPeriod(range);
  return [
    ...Object.entries(gatewayMetrics).map(([id, [name, stat]]) =>
      gatewayQuery(id, api, name, stat, stat.startsWith("p") ? range.periodSeconds : period),
    ),
    ...Object.entries(filterMetrics).map(([id, name]) => ({
      Id: id,
      MetricStat: {
        Metric: {
          Namespace: metricNamespace,
          MetricName: name,
          Dimensions: [{ Name: "BotId", Value: botId }],
        },
        Period: period,
        Stat: "Sum",
      },
    })),
  ];
}

const gatewayQuery = (
  id: string,
  api: string,
  name: string,
  stat: string,
  period: number,
): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: "AWS/ApiGateway",
      MetricName: name,
      Dimensions: [{ Name: "ApiName", Value: api }],
    },
    Period: period,
    Stat: stat,
  },
});

async function getData(
  client: CloudWatchClient,
  range: MetricsRange,
  queries: MetricDataQuery[],
): Promise<Results> {
  const results: Results = new Map();
  let token: string | undefined;
  do {
    const page = await reachStore(
      "CloudWatch",
      client.send(
        new GetMetricDataCommand({
          StartTime: new Date(range.from),
          EndTime: new Date(range.to),
          ScanBy: "TimestampAscending",
          MetricDataQueries: queries,
          ...(token !== undefined && { NextToken: token }),
        }),
      ),
    );
    for (const result of page.MetricDataResults ?? []) addResult(results, range, result);
    token = page.NextToken;
  } while (token);
  return results;
}

/** A result may come in parts, over several pages. */
function addResult(results: Results, range: MetricsRange, result: MetricDataResult): void {
  const { Id = "", StatusCode, Timestamps = [], Values = [] } = result;
  if (StatusCode === "InternalError" || StatusCode === "Forbidden") {
    throw new StoreUnavailable(`CloudWatch: ${Id}: ${StatusCode}`);
  }
  const values = results.get(Id) ?? new Map<number, number[]>();
  results.set(Id, values);
  const period = range.periodSeconds * 1000;
  Timestamps.forEach((timestamp, i) => {
    const value = Values[i];
    if (value === undefined) return;
    const since = Math.max(0, timestamp.getTime() - range.from);
    const at = range.from + Math.floor(since / period) * period;
    values.set(at, [...(values.get(at) ?? []), value]);
  });
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function toPoints({ to }: MetricsRange, results: Results): MetricsPoint[] {
  const count = (id: string, at: number) => sum(results.get(id)?.get(at) ?? []);
  // In two parts where CloudWatch cut a period in two: the slower one, for quantiles do not add up.
  const quantile = (id: string, at: number) => {
    const values = results.get(id)?.get(at);
    return values ? Math.max(...values) : null;
  };
  return [...(results.get("requests") ?? [])]
    .filter(([at, values]) => sum(values) > 0 && at < to)
    .sort(([a], [b]) => a - b)
    .map(([at, values]) => ({
      at,
      requests: sum(values),
      // Where there were requests, no datum of these is a count of none.
      clientErrors: count("clientErrors", at),
      serverErrors: count("serverErrors", at),
      throttled: count("throttled", at),
      quotaExceeded: count("quotaExceeded", at),
      p50: quantile("p50", at),
      p90: quantile("p90", at),
      p99: quantile("p99", at),
    }));
}
