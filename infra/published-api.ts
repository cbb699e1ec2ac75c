import { watchFunction } from "./alarms";
import { functionDefaults, logEnvironment } from "./function-defaults";
import { bucketListGrant, itemGrants, objectGrants, queryGrant, sendGrant } from "./grants";
import { installation } from "./installation";
import { runQueue } from "./queue";
import { authorizerConcurrency, publishedApiConcurrency } from "./settings";
import { keyPepper } from "./secrets";
import { accountId, partition, region } from "./stage";
import { payloads, table } from "./storage";

/** Behind the gateways of all published bots: a fix reaches them all with the next deploy. */
export const publishedApi = new sst.aws.Function("PublishedApi", {
  ...functionDefaults,
  handler: "packages/functions/src/published-api/lambda.handler",
  streaming: true,
  ...(publishedApiConcurrency && { concurrency: { reserved: publishedApiConcurrency } }),
  timeout: "15 minutes",
  memory: "1024 MB",
  environment: logEnvironment("published-api"),
  link: [installation, table, payloads, runQueue],
  permissions: [
    itemGrants("Get", "Put", "Update", "Delete"),
    queryGrant(),
    objectGrants("Get", "Put", "Delete"),
    bucketListGrant,
    sendGrant(runQueue),
  ],
});

/** Knows the keys of all published bots. */
export const authorizer = new sst.aws.Function("Authorizer", {
  ...functionDefaults,
  handler: "packages/functions/src/authorizer/lambda.handler",
  ...(authorizerConcurrency && { concurrency: { reserved: authorizerConcurrency } }),
  timeout: "10 seconds",
  memory: "512 MB",
  environment: logEnvironment("authorizer"),
  link: [installation, table, keyPepper],
  permissions: [itemGrants("BatchGet", "Update")],
});

/** One for all bots: a statement for each would fill the function's policy after some fifty. */
const invocable = (name: string, fn: sst.aws.Function, resources: string) =>
  new aws.lambda.Permission(`${name}FromEveryBot`, {
    action: "lambda:InvokeFunction",
    function: fn.arn,
    principal: "apigateway.amazonaws.com",
    sourceArn: $interpolate`arn:${partition}:execute-api:${region}:${accountId}:${resources}`,
  });
invocable("PublishedApi", publishedApi, "*/*/*/*");
invocable("Authorizer", authorizer, "*/authorizers/*");

watchFunction("PublishedApi", publishedApi);
watchFunction("Authorizer", authorizer);
