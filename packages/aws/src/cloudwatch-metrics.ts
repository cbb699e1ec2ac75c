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
import { apiName, metricNamespace } from "./published-stack/template.ts";
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
export function createCloudWatchMetrics({ client }: { client: CloudWatchClient }): Metrics {
  return {
    async series(botId, range) {
      const results = await getData(client, range, seriesQueries(botId, range.periodSeconds));
      return toPoints(range, results);
    },

    async requests(botIds, range) {
      const points = (range.to - range.from) / 1000 / range.periodSeconds;
      const atOnce = Math.max(1, Math.min(queriesMax, Math.floor(pointsMax / points)));
      const counts: Awaited<ReturnType<Metrics["requests"]>> = [];
      for (let begin = 0; begin < botIds.length; begin += atOnce) {
        const some = botIds.slice(begin, begin + atOnce);
        const queries = some.map((botId, i) =>
          gatewayQuery(`m${i}`, botId, "Count", "SampleCount", range.periodSeconds),
        );
        const results = await getData(client, range, queries);
        some.forEach((botId, i) => {
          for (const [at, requests] of results.get(`m${i}`) ?? []) {
            if (requests > 0) counts.push({ botId, at, requests });
          }
        });
      }
      return counts.sort((a, b) => a.at - b.at);
    },
  };
}

/** Values by the start of their period, by the id of their query. */
type Results = Map<string, Map<number, number>>;

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

function seriesQueries(botId: string, period: number): MetricDataQuery[] {
  return [
    ...Object.entries(gatewayMetrics).map(([id, [name, stat]]) =>
      gatewayQuery(id, botId, name, stat, period),
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
  botId: string,
  name: string,
  stat: string,
  period: number,
): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: "AWS/ApiGateway",
      MetricName: name,
      Dimensions: [{ Name: "ApiName", Value: apiName(botId) }],
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
  const values = results.get(Id) ?? new Map<number, number>();
  results.set(Id, values);
  const period = range.periodSeconds * 1000;
  Timestamps.forEach((timestamp, i) => {
    const value = Values[i];
    if (value === undefined) return;
    const at = range.from + Math.floor((timestamp.getTime() - range.from) / period) * period;
    values.set(at, value);
  });
}

function toPoints(range: MetricsRange, results: Results): MetricsPoint[] {
  const value = (id: string, at: number) => results.get(id)?.get(at);
  return [...(results.get("requests") ?? [])]
    .filter(([at, requests]) => requests > 0 && at >= range.from && at < range.to)
    .sort(([a], [b]) => a - b)
    .map(([at, requests]) => ({
      at,
      requests,
      // Where there were requests, no datum of these is a count of none.
      clientErrors: value("clientErrors", at) ?? 0,
      serverErrors: value("serverErrors", at) ?? 0,
      throttled: value("throttled", at) ?? 0,
      quotaExceeded: value("quotaExceeded", at) ?? 0,
      p50: value("p50", at) ?? null,
      p90: value("p90", at) ?? null,
      p99: value("p99", at) ?? null,
    }));
}
