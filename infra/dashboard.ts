import { controlApi } from "./control-api";
import { deployQueue } from "./publishing";
import { authorizer, publishedApi } from "./published-api";
import { runQueue, worker } from "./queue";
import { region } from "./stage";

/** At a glance: are bots answering, is anything waiting, is anything failing. */
new aws.cloudwatch.Dashboard("Dashboard", {
  dashboardName: `outlet-${$app.stage}`,
  dashboardBody: $resolve([
    region,
    publishedApi.name,
    authorizer.name,
    worker.nodes.function.name,
    runQueue.nodes.queue.name,
    deployQueue.nodes.queue.name,
    controlApi.nodes.api.name,
  ]).apply(([home, published, keys, work, runs, deploys, control]) => {
    const functions = [published, keys, work];
    const of = (metric: string, stat: string) =>
      functions.map((name) => ["AWS/Lambda", metric, "FunctionName", name, { stat }]);
    const ages = [runs, deploys].map((name) => [
      "AWS/SQS",
      "ApproximateAgeOfOldestMessage",
      "QueueName",
      name,
      { stat: "Maximum" },
    ]);
    const refused = [
      "ThrottledRequests",
      "QuotaExceededRequests",
      "RefusedKeys",
      "RefusedAddresses",
    ].map((metric) => [
      {
        expression: `SUM(SEARCH('{Outlet/PublishedApi,BotId} MetricName="${metric}"', 'Sum'))`,
        label: metric,
      },
    ]);
    const graphs: [title: string, metrics: unknown[]][] = [
      ["Calls", of("Invocations", "Sum")],
      ["Duration, p99", of("Duration", "p99")],
      ["Errors", of("Errors", "Sum")],
      ["Oldest message", ages],
      ["Refused by the gateway", refused],
      ["Control API", [["AWS/ApiGateway", "5XXError", "ApiName", control, { stat: "Sum" }]]],
    ];
    return JSON.stringify({
      widgets: graphs.map(([title, metrics], i) => ({
        type: "metric",
        x: (i % 3) * 8,
        y: Math.floor(i / 3) * 6,
        width: 8,
        height: 6,
        properties: { title, metrics, region: home, period: 300, view: "timeSeries" },
      })),
    });
  }),
});
