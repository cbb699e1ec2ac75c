import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { APIGatewayClient, GetApiKeysCommand } from "@aws-sdk/client-api-gateway";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { Bot } from "@outlet/core/bot";
import { Id } from "@outlet/core/id";
import { Key } from "@outlet/core/key";
import { ModelCatalog } from "@outlet/core/model-catalog";
import { silentLog, systemClock, systemRandomness, type Table } from "@outlet/core/ports";
import { Publication } from "@outlet/core/publication";
import { startBedrock } from "@outlet/local/bedrock/server";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { type App, startApp } from "../emulator/start.ts";
import { startTemplateProxy } from "./published-stack/template-proxy.ts";
import { invoke, startFunction } from "../lambda/host.ts";
import type { Graph } from "../sst/graph.ts";
import { runtimeClient } from "../tools.ts";
import { pepper, secrets, settings, stage } from "./applied/settings.ts";
import { root } from "./program.ts";

const owner = { userId: "owner", username: "owner", groups: ["PublishAllowed"] };

let app: App;
let bedrock: Awaited<ReturnType<typeof startBedrock>>;
let table: Table;
let cloudFormation: Awaited<ReturnType<typeof startTemplateProxy>> | undefined;

beforeAll(async () => {
  bedrock = await startBedrock({ backend: { kind: "demo" }, log: silentLog, clock: systemClock });
  app = await startApp({
    stage,
    region: "us-east-1",
    secrets,
    env: settings,
    build: false,
    runtimeClient,
    adapt: async (graph, emulator) => {
      const { variables } = lambdaOf(graph, "worker").environment;
      variables.AWS_ENDPOINT_URL_BEDROCK_RUNTIME = bedrock.url;
      cloudFormation = await startTemplateProxy(emulator);
      lambdaOf(graph, "deployer").environment.variables.AWS_ENDPOINT_URL_CLOUDFORMATION =
        cloudFormation.url;
    },
  });
  const links = app.resolve(app.graph.links);
  table = createDynamoTable({
    client: app.client(DynamoDBClient),
    tableName: String(links.Table?.name),
  });
}, 180_000);

afterAll(async () => {
  await app?.stop();
  await bedrock?.stop();
  cloudFormation?.stop();
});

const idOf = (graph: Graph, name: string) =>
  graph.function(`packages/functions/src/lambda/${name}.handler`).id;
const lambdaOf = (graph: Graph, name: string) =>
  graph.one("aws:lambda/function:Function", `${idOf(graph, name)}Function`).inputs;

test("everything is made but what the emulator has no counterpart of", () => {
  expect({
    skipped: Object.keys(app.skipped).sort(),
    ignored: app.ignored,
  }).toMatchInlineSnapshot(`
    {
      "ignored": {
        "aws:apigateway/deployment:Deployment": [
          "triggers",
        ],
        "aws:s3/bucket:Bucket": [
          "forceDestroy",
        ],
        "aws:s3/bucketObjectv2:BucketObjectv2": [
          "source",
        ],
      },
      "skipped": [
        "aws:cloudfront/cachePolicy:CachePolicy",
        "aws:cloudfront/distribution:Distribution",
        "aws:cloudfront/function:Function",
        "aws:cloudfront/keyValueStore:KeyValueStore",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cognito/userPoolDomain:UserPoolDomain",
        "command:local:Command",
        "pulumi-nodejs:dynamic:Resource",
      ],
    }
  `);
});

test("SST's own diff has run, and found the committed types true", async () => {
  expect(await readFile(join(root, "sst-env.d.ts"), "utf8")).toBe(inject("committedTypes"));
});

const ids = Id.createIds(systemClock);
const deps = () => ({
  table,
  clock: systemClock,
  ids,
  catalog: ModelCatalog.createCatalog(["outlet-demo"]),
  deployQueue: { send: async () => {} },
  randomness: systemRandomness,
  pepper,
  cell: "111122223333/us-east-1",
});

/** As the control API leaves it for the deployer. */
async function acceptedPublication() {
  const input = v.parse(Bot.Create, { title: "Applied", instruction: "Outlet publishes bots." });
  const { botId } = await Bot.create(deps(), owner, input);
  const sharing = { scope: "all" as const, allowedUsers: [], allowedGroups: [] };
  const bot = await Bot.share(deps(), owner, botId, sharing);
  const settings = v.parse(Publication.Publish, { throttle: null, quota: null });
  return { bot, publication: await Publication.publish(deps(), owner, bot, settings) };
}

/** A published bot with a key. */
async function publishedBot() {
  const { bot, publication } = await acceptedPublication();
  await Publication.save(deps(), publication, { status: "published", operation: null });
  const input = { label: "k", expiresAt: null, createdBy: "owner" };
  const { key, value } = await Key.create(deps(), bot.botId, input);
  await Key.activate(table, key);
  return { botId: bot.botId, value };
}

const requestEvent = (botId: string, method: string, path: string, more: object = {}) => ({
  resource: "/{proxy+}",
  path,
  httpMethod: method,
  headers: { "content-type": "application/json" },
  multiValueHeaders: {},
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  stageVariables: { botId },
  body: null,
  isBase64Encoded: false,
  requestContext: { requestId: "request", stage: "api", identity: { sourceIp: "127.0.0.1" } },
  ...more,
});

/** As API Gateway does: the authorizer first, then the function. */
async function call(
  bot: { botId: string; value: string },
  method: string,
  path: string,
  body?: unknown,
) {
  const allowed = await app.invoke(idOf(app.graph, "authorizer"), {
    ...requestEvent(bot.botId, method, path),
    type: "REQUEST",
    methodArn: "arn:aws:execute-api:us-east-1:111122223333:api/api/GET/x",
    headers: { authorization: `Bearer ${bot.value}` },
  });
  expect(allowed.policyDocument.Statement[0].Effect).toBe("Allow");
  const event = requestEvent(bot.botId, method, path, { body: body ? JSON.stringify(body) : null });
  Object.assign(event.requestContext, { authorizer: allowed.context });
  return http("published-api", event);
}

/** A streaming function's answer: a head in JSON, eight NUL bytes, the body. */
async function http(name: string, event: unknown) {
  const { Payload } = await app.client(LambdaClient).send(
    new InvokeCommand({
      FunctionName: lambdaOf(app.graph, name).name,
      Payload: JSON.stringify(event),
    }),
  );
  const text: unknown = JSON.parse(Payload?.transformToString() || "null");
  if (typeof text !== "string") throw new Error(`${name} answered ${JSON.stringify(text)}`);
  const [head = "", body = ""] = text.split("\0\0\0\0\0\0\0\0");
  return { status: JSON.parse(head).statusCode as number, body: body ? JSON.parse(body) : null };
}

describe("a published bot, each function under its own role", () => {
  test("takes a message, answers it through the queue, and remembers the conversation", async () => {
    const bot = await publishedBot();
    expect(await call(bot, "GET", "/health")).toMatchObject({
      status: 200,
      body: { status: "ok" },
    });
    const message = { content: [{ contentType: "text", body: "What does Outlet publish?" }] };
    const accepted = await call(bot, "POST", "/conversation", { message });
    expect(accepted.status).toBe(200);
    const path = `/conversation/${accepted.body.conversationId}/${accepted.body.messageId}`;
    await vi.waitFor(
      async () => {
        const { status, body } = await call(bot, "GET", path);
        expect(status, JSON.stringify(body)).toBe(200);
        expect(JSON.stringify(body)).toContain("Outlet publishes bots");
      },
      { timeout: 20_000, interval: 300 },
    );
  }, 60_000);

  test("is published by the deployer, and leaves nothing when it is unpublished", async () => {
    const { bot, publication } = await acceptedPublication();
    const { stackName } = publication;
    const gateway = app.client(APIGatewayClient);
    const clouds = app.client(CloudFormationClient);
    const look = () =>
      app.invoke(idOf(app.graph, "deployer"), batch(JSON.stringify({ botId: bot.botId })));
    expect(await look()).toEqual({ batchItemFailures: [] });
    const { Stacks } = await clouds.send(new DescribeStacksCommand({ StackName: stackName }));
    expect(Stacks?.[0]).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
    expect(Stacks?.[0]?.Tags).toContainEqual({ Key: "outlet:bot-id", Value: bot.botId });
    // The probe's key was made and removed again; the endpoint itself is out of reach from here.
    expect(await look()).toEqual({ batchItemFailures: [] });
    expect((await gateway.send(new GetApiKeysCommand({}))).items ?? []).toEqual([]);

    const stored = await Publication.fromBot(table, bot.botId);
    if (!stored) throw new Error("no publication");
    await Publication.save(deps(), stored, { status: "published", operation: null });
    await Publication.unpublish(deps(), owner, bot);
    await vi.waitFor(
      async () => {
        expect(await look()).toEqual({ batchItemFailures: [] });
        expect((await Publication.fromBot(table, bot.botId))?.status).toBe("unpublished");
      },
      // One act may start 6 s after a create.
      { timeout: 30_000, interval: 1_000 },
    );
    const after = clouds.send(new DescribeStacksCommand({ StackName: stackName }));
    await expect(after).rejects.toThrow(/does not exist/);
    const lines = (await app.logs(idOf(app.graph, "deployer"))).join("\n");
    expect(lines).not.toMatch(/AccessDenied|not authorized/);
  }, 60_000);

  test("sweeps without being refused anything", async () => {
    await app.invoke(idOf(app.graph, "sweeper"), {});
    const lines = (await app.logs(idOf(app.graph, "sweeper"))).join("\n");
    expect(lines).not.toMatch(/AccessDenied|not authorized/);
  });
});

/** Where nobody answers: what a function needs of AWS fails at once. */
const nowhere = {
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
};
const batch = (body: string) => ({
  Records: [{ messageId: "message-1", body, attributes: { ApproximateReceiveCount: "1" } }],
});
const broken = { batchItemFailures: [{ itemIdentifier: "message-1" }] };

describe("the bundle in AWS's runtime client of", () => {
  const coldMs: Record<string, number> = {};

  async function cold(name: string, event: unknown) {
    const id = idOf(app.graph, name);
    const bundle = join(root, ".sst/artifacts", `${id}-src`, "bundle.mjs");
    const env = { ...app.graph.functionById(id).env, ...nowhere };
    const begun = performance.now();
    const fn = await startFunction(bundle, {
      runtimeClient: runtimeClient ?? "",
      env,
      timeoutSeconds: 20,
    });
    try {
      const answer = await fn.invoke(event);
      coldMs[name] = Math.round(performance.now() - begun);
      return answer;
    } finally {
      await fn.stop();
    }
  }

  test.each([
    ["worker", batch("not JSON")],
    ["deployer", batch('{"botId":1}')],
    ["syncer", batch("{}")],
  ])("%s loads and reports the record that it cannot read", async (name, event) => {
    expect((await cold(name, event)).payload).toEqual(broken);
  });

  test("dead-letters loads and lets go of what is no bell", async () => {
    const { payload } = await cold("dead-letters", batch("not JSON"));
    expect(payload).toEqual({ batchItemFailures: [] });
  });

  test("authorizer loads and denies who presents nothing, without asking AWS", async () => {
    const { payload } = await cold("authorizer", {
      ...requestEvent("01BOT", "GET", "/health"),
      methodArn: "arn:aws:execute-api:us-east-1:111122223333:api/api/GET/health",
    });
    expect(payload.policyDocument.Statement[0].Effect).toBe("Deny");
  });

  test("published-api loads and streams a problem to who did not come through the gateway", async () => {
    const answer = await cold("published-api", requestEvent("01BOT", "GET", "/health"));
    expect(answer).toMatchObject({ status: 403 });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: "forbidden" } });
  });

  test("control-api loads and streams", async () => {
    const answer = await cold("control-api", requestEvent("", "GET", "/api/health"));
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.body)).toEqual({ status: "ok" });
  });

  test("sweeper loads and fails by name where the table is out of reach", async () => {
    expect((await cold("sweeper", {})).error?.errorType).toBe("StoreUnavailable");
  });

  test("sweeper that is not done by the deadline is ended there", async () => {
    const id = idOf(app.graph, "sweeper");
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const env = { ...nowhere, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
    const { error } = await invoke(
      join(root, ".sst/artifacts", `${id}-src`, "bundle.mjs"),
      {},
      {
        runtimeClient: runtimeClient ?? "",
        env: { ...app.graph.functionById(id).env, ...env },
        timeoutSeconds: 1,
      },
    );
    silent.close();
    silent.closeAllConnections();
    expect(error).toMatchObject({ errorType: "Sandbox.Timedout" });
  });

  afterAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), "outlet-bare-"));
    const bare = join(dir, "bundle.mjs");
    await writeFile(bare, "export const handler = async () => null;");
    let bareMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const begun = performance.now();
      await invoke(bare, {}, { runtimeClient: runtimeClient ?? "" });
      bareMs = Math.min(bareMs, Math.round(performance.now() - begun));
    }
    await rm(dir, { recursive: true });
    const rows = Object.entries(coldMs).map(([name, ms]) => `${name} +${ms - bareMs}`);
    process.stdout.write(
      `Cold start and first event over bare Node (${bareMs} ms), in ms: ${rows.join(", ")}\n`,
    );
  });
});
