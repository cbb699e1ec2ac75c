import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { createCloudWatchClient, createCloudWatchMetrics } from "@outlet/aws/cloudwatch-metrics";
import { createAccessLogFormat } from "@outlet/aws/published-stack/access-log-format";
import { apiName, metricNamespace } from "@outlet/aws/published-stack/template";
import { silentLog, systemClock } from "@outlet/core/ports";
import { AccessLogs } from "@outlet/local/edge/access-log";
import { createLocalMetrics } from "@outlet/local/metrics/metrics";
import type { MetricsSubject, SeenRequest } from "./metrics-contract.ts";
import { deadEndpoint } from "./subjects.ts";

/** Fed through the very access logs that the edge writes. */
export async function makeLocalMetricsSubject(): Promise<MetricsSubject> {
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-metrics-"));
  const logs = new AccessLogs(join(dataDir, "access-logs"));
  const metrics = createLocalMetrics({ dataDir, clock: systemClock, log: silentLog });
  return {
    metrics,
    async feed(botId, requests) {
      const restApiId = botId.toLowerCase();
      logs.open(restApiId);
      for (const request of requests) {
        await logs.write(restApiId, createAccessLogFormat(botId), variablesOf(request));
      }
    },
    async close() {
      await metrics.close();
      logs.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

const variablesOf = ({ at, status, latencyMs, errorType }: SeenRequest) =>
  new Map([
    ["requestTimeEpoch", String(at)],
    ["status", String(status)],
    ["responseLatency", String(latencyMs)],
    ...(errorType ? [["error.responseType", errorType] as const] : []),
  ]);

/** Fed with the data that API Gateway and the metric filters of a bot's stack would put there. */
export async function makeCloudWatchSubject(options: {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}): Promise<MetricsSubject> {
  const client = createCloudWatchClient(options);
  const gone = createCloudWatchClient({ ...options, endpoint: await deadEndpoint() });
  const put = async (Namespace: string, data: MetricDatum[]) => {
    for (let begin = 0; begin < data.length; begin += 500) {
      const MetricData = data.slice(begin, begin + 500);
      await client.send(new PutMetricDataCommand({ Namespace, MetricData }));
    }
  };
  return {
    metrics: createCloudWatchMetrics({ client }),
    unreachable: createCloudWatchMetrics({ client: gone }),
    async feed(botId, requests) {
      const ofApi = [{ Name: "ApiName", Value: apiName(botId) }];
      const ofBot = [{ Name: "BotId", Value: botId }];
      const gateway = requests.flatMap(({ at, status, latencyMs }) =>
        Object.entries({
          Count: 1,
          "4XXError": status >= 400 && status < 500 ? 1 : 0,
          "5XXError": status >= 500 ? 1 : 0,
          Latency: latencyMs,
        }).map(([MetricName, Value]) => ({
          MetricName,
          Value,
          Timestamp: new Date(at),
          Dimensions: ofApi,
        })),
      );
      await put("AWS/ApiGateway", gateway);
      const names = { THROTTLED: "ThrottledRequests", QUOTA_EXCEEDED: "QuotaExceededRequests" };
      const filtered = requests.flatMap(({ at, errorType }) =>
        errorType === "THROTTLED" || errorType === "QUOTA_EXCEEDED"
          ? [
              {
                MetricName: names[errorType],
                Value: 1,
                Timestamp: new Date(at),
                Dimensions: ofBot,
              },
            ]
          : [],
      );
      if (filtered.length > 0) await put(metricNamespace, filtered);
    },
    async close() {
      client.destroy();
      gone.destroy();
    },
  };
}
