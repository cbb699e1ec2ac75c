import { alarm } from "./alarms";
import { signIn } from "./auth";
import { functionDefaults, logEnvironment } from "./function-defaults";
import {
  bucketListGrant,
  embeddingGrants,
  knowledgeBaseGrants,
  itemGrants,
  modelGrant,
  objectGrants,
  queryGrant,
  rerankGrants,
  sendGrant,
} from "./grants";
import { installation } from "./installation";
import { syncQueue } from "./knowledge";
import { deployQueue, publishing } from "./publishing";
import {
  ceilingGrants,
  accessLogGrant,
  describeStacksGrant,
  gatewayKeyGrants,
  metricsGrants,
} from "./publishing-grants";
import { runQueue } from "./queue";
import { router } from "./router";
import { keyPepper } from "./secrets";
import { payloads, table } from "./storage";
import { readSecretGrant, removeSecretsGrant, toolSecrets, writeSecretGrant } from "./tool-secrets";
import { vectorGrants } from "./vectors";
import { webhookQueue } from "./webhooks";

/**
 * A REST API and not a function URL: CloudFront can only keep strangers from a function URL by
 * signing requests itself, in the very header that the caller's token comes in.
 */
export const controlApi = new sst.aws.ApiGatewayV1("ControlApi", {
  endpoint: { type: "regional" },
  cors: false,
  accessLog: { retention: "1 month" },
});

controlApi.route(
  "ANY /api/{proxy+}",
  {
    ...functionDefaults,
    handler: "packages/functions/src/control-api/lambda.handler",
    streaming: true,
    timeout: "5 minutes",
    memory: "1024 MB",
    environment: logEnvironment("control-api"),
    link: [
      installation,
      signIn,
      publishing,
      keyPepper,
      toolSecrets,
      table,
      payloads,
      runQueue,
      deployQueue,
      syncQueue,
      webhookQueue,
    ],
    permissions: [
      itemGrants("Get", "Put", "Update", "Delete"),
      queryGrant("listing", "public", "open"),
      objectGrants("Get", "Put", "Delete"),
      bucketListGrant,
      sendGrant(runQueue),
      sendGrant(deployQueue),
      sendGrant(syncQueue),
      sendGrant(webhookQueue),
      modelGrant(),
      ...embeddingGrants,
      ...knowledgeBaseGrants,
      ...rerankGrants,
      ...vectorGrants("search"),
      ...vectorGrants("remove"),
      readSecretGrant,
      writeSecretGrant,
      removeSecretsGrant,
      describeStacksGrant,
      ...gatewayKeyGrants,
      ...metricsGrants,
      ...ceilingGrants,
      accessLogGrant,
    ],
  },
  {
    name: "ControlApiFunction",
    // As long as a test answer may take: the gateway would give up after 29 s.
    transform: { integration: (args) => void (args.timeoutMilliseconds = 300_000) },
  },
);
controlApi.deploy();

router.route(
  "/api",
  controlApi.nodes.api.id.apply(
    (id) => $interpolate`https://${id}.execute-api.${aws.getRegionOutput({}).region}.amazonaws.com`,
  ),
  {
    rewrite: { regex: "^/api", to: `/${$app.stage}/api` },
    // The longest silence: a stream says something every 10 s.
    readTimeout: "60 seconds",
  },
);

alarm("ControlApiFaults", "The control API answered 5xx.", {
  namespace: "AWS/ApiGateway",
  metricName: "5XXError",
  dimensions: { ApiName: controlApi.nodes.api.name },
  statistic: "Sum",
  above: 0,
});
