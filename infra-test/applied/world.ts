import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createCloudFormationProvisioner } from "@outlet/aws/cloudformation-provisioner";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { createControlPlaneClients } from "@outlet/aws/provisioner/control-plane-clients";
import { unpaced } from "@outlet/aws/provisioner/pace";
import { stackPrefix } from "@outlet/aws/published-stack/names";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { createSqsQueue } from "@outlet/aws/sqs-queue";
import { Id } from "@outlet/core/foundation/id";
import { ModelCatalog } from "@outlet/core/models/catalog";
import { type Clock, silentLog, systemClock, systemRandomness } from "@outlet/core/ports";
import { startBedrock } from "@outlet/local/bedrock/server";
import { handlerOf } from "../handler.ts";
import { Guard } from "../emulator/guard.ts";
import { type App, startApp } from "../emulator/start.ts";
import type { Graph } from "../sst/graph.ts";
import { runtimeClient } from "../tools.ts";
import { forMiniStack } from "../published-stack/for-ministack.ts";
import { startTemplateProxy } from "../published-stack/template-proxy.ts";
import { Gateway } from "./gateway.ts";
import { invokeHttp } from "./invoke.ts";
import { Letters } from "./letters.ts";
import { cell, pepper, secrets, settings, stage } from "./settings.ts";

/** The whole app in MiniStack, with what stands in for Bedrock and for CloudFormation's own rights. */
export type World = Awaited<ReturnType<typeof startWorld>>;

/**
 * @param options.idle nothing runs by itself, neither queues' functions nor the schedule: a test
 *   invokes each function with the event that it wants.
 */
export async function startWorld(options: { idle?: boolean } = {}) {
  const stops: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of stops.toReversed()) await end();
  };
  let guard: Guard | undefined;
  const gateway = await new Gateway().listen();
  stops.push(() => gateway.stop());
  try {
    const app = await startApp({
      stage,
      region: "us-east-1",
      secrets,
      env: settings,
      runtimeClient,
      build: false,
      adapt: async (graph, emulator) => {
        stops.push(emulator.stop);
        const templates = await startTemplateProxy(emulator);
        stops.push(() => templates.stop());
        guard = new Guard(emulator, templates.url, gateway.reach);
        stops.push(() => guard?.stop());
        await point(graph, guard, emulator.endpoint, stops);
        if (options.idle) rest(graph);
      },
    });
    if (!guard) throw new Error("The app was started without its guard");
    gateway.app = app;
    return { ...parts(app), app, guard, gateway, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where functions find what the emulator has not, or does not ask enough rights for. */
async function point(graph: Graph, guard: Guard, endpoint: string, stops: (() => unknown)[]) {
  for (const id of Object.keys(graph.data.functions)) {
    const { role, env, links } = graph.functionById(id);
    const roleName = String(role.inputs.name ?? role.name);
    const url = await guard.open(roleName);
    env.AWS_ENDPOINT_URL_S3 = url;
    env.AWS_ENDPOINT_URL_SSM = url;
    env.AWS_ENDPOINT_URL_CLOUDFORMATION = url;
    if (links.SignIn) {
      links.SignIn.jwksUri = links.SignIn.jwksUri.replace(/^https:\/\/[^/]+/, endpoint);
    }
    const action = "bedrock:InvokeModelWithResponseStream";
    const bedrock = await startBedrock({
      backend: { kind: "demo" },
      log: silentLog,
      clock: systemClock,
      authorize: (modelId) => {
        const resource = `arn:aws:bedrock:us-east-1::foundation-model/${modelId}`;
        return guard.allows(roleName, { action, resource });
      },
    });
    stops.push(() => bedrock.stop());
    env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME = bedrock.url;
  }
}

function rest(graph: Graph): void {
  for (const { inputs } of graph.all("aws:lambda/eventSourceMapping:EventSourceMapping"))
    inputs.enabled = false;
  for (const { inputs } of graph.all("aws:scheduler/schedule:Schedule")) inputs.state = "DISABLED";
}

function parts(app: App) {
  const links = app.resolve(app.graph.links);
  const { serviceRoleArn, ...functions } = links.Publishing ?? {};
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const nameOf = (link: string) => String(links[link]?.name);
  const table = createDynamoTable({
    client: app.client(DynamoDBClient),
    tableName: nameOf("Table"),
  });
  const queue = (link: string) =>
    createSqsQueue({ client: app.client(SQSClient), queueUrl: String(links[link]?.url) });
  const idOf = (name: string) => app.graph.function(handlerOf(name)).id;
  return {
    table,
    objects: createS3ObjectStore({ client: app.client(S3Client), bucket: nameOf("Payloads") }),
    letters: new Letters(app.client(SQSClient), (link) => String(links[link]?.url)),
    idOf,
    /** Makes stacks as root. */
    provisioner: createCloudFormationProvisioner({
      ...createControlPlaneClients({ ...app.emulator, credentials }),
      platform: {
        partition: "aws",
        region: app.emulator.region,
        accountId: app.emulator.account,
        stage,
        cell,
        accessLogRetentionDays: 30,
        publishedApiFunctionArn: String(functions.publishedApiFunctionArn),
        authorizerFunctionArn: String(functions.authorizerFunctionArn),
        webAclArn: String(functions.webAclArn),
      },
      serviceRoleArn: String(serviceRoleArn),
      pace: unpaced,
      adapt: forMiniStack,
      log: silentLog,
    }),
    /** What core needs to do something as the account's root. */
    deps: (clock: Clock = systemClock) => ({
      table,
      clock,
      log: silentLog,
      objects: createS3ObjectStore({ client: app.client(S3Client), bucket: nameOf("Payloads") }),
      ids: Id.createIds(clock),
      catalog: ModelCatalog.createCatalog(["outlet-demo"]),
      randomness: systemRandomness,
      runQueue: queue("RunQueue"),
      deployQueue: queue("DeployQueue"),
      syncQueue: queue("SyncQueue"),
      webhookQueue: queue("WebhookQueue"),
      policy: { openMax: 100, acceptsInOne: false },
      pepper,
      cell,
      stackPrefix: stackPrefix(stage),
    }),
    /** A function's answer; throws what the function throws. */
    invoke: (name: string, event: unknown) => app.invoke(idOf(name), event),
    /** A streaming function's answer, read to its end. */
    http: (name: string, event: unknown) => invokeHttp(app, idOf(name), event),
  };
}
