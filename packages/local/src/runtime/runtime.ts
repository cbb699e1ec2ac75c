import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createBedrockClient, createBedrockModel } from "@outlet/aws/bedrock-model";
import { createClients, createPollingClient } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { createSqsQueue } from "@outlet/aws/sqs-queue";
import { Id } from "@outlet/core/id";
import { ModelCatalog } from "@outlet/core/model-catalog";
import { type Queue, systemClock, systemRandomness } from "@outlet/core/ports";
import { Run } from "@outlet/core/run";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { createAuthorizer } from "@outlet/functions/authorizer";
import { createControlApi } from "@outlet/functions/control-api/app";
import { createDeployer } from "@outlet/functions/deployer";
import { defaultPolicy } from "@outlet/functions/policy";
import { probe } from "@outlet/functions/probe";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import { createPublishedApiHandler } from "@outlet/functions/published-api/handler";
import { createSweeper } from "@outlet/functions/sweeper";
import { createWorker } from "@outlet/functions/worker";
import { getRequestListener } from "@hono/node-server";
import { startBedrock } from "../bedrock/server.ts";
import { createEdge } from "../edge/edge.ts";
import { type Emulators, startEmulators } from "../emulators/start.ts";
import { createLambdaFunction, type LambdaFunction } from "../lambda/function.ts";
import { clientIds } from "../oidc/clients.ts";
import { createIssuer } from "../oidc/issuer.ts";
import { loadSecrets } from "../oidc/secrets.ts";
import { openStorage } from "../oidc/storage.ts";
import { demoUsers } from "../oidc/users.ts";
import { createPoller } from "../poller/poller.ts";
import { serveConsole } from "./console-page.ts";
import { type Handle, listen } from "./http-server.ts";
import { createFileLog } from "./log.ts";
import type { RuntimeOptions } from "./options.ts";
import { type Ready, removeReady, writeReady } from "./ready-file.ts";
import { ensureSampleBot } from "./sample-bot.ts";
import { createSchedule } from "./schedule.ts";

export interface Runtime {
  ready: Ready;
  port: number;
  /** Finishes what is in flight, hands over what takes too long, and ends every child. */
  stop(): Promise<void>;
  /** Resolves with a reason if a part ends by itself. */
  failed: Promise<string>;
}

/** Account and Region that the embedded runtime plays. */
const account = { partition: "aws", region: "us-east-1", accountId: "000000000000" };
const cell = `${account.accountId}/${account.region}`;

/**
 * What is tuned for one machine: leases are short because every holder dies with this process, and
 * the sweeper comes often because it costs nothing here.
 */
const policy = {
  ...defaultPolicy,
  leaseMs: 8_000,
  heartbeatMs: 2_000,
  attemptBackoffMs: 1_000,
  quietMs: 2_000,
  pollSeconds: 1,
  probeTimeoutMs: 20_000,
};
const sweepEveryMs = 2_000;
/** Lambda's own limit. */
const functionTimeoutMs = 900_000;
/** How long runs in flight may take to end before they are handed over to the next start. */
const drainMs = 8_000;

/**
 * Starts all of Outlet on this machine: emulators, model endpoint, issuer, APIs, workers and edge.
 * @throws Error where the data directory or the port is in use.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { dataDir } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const log = createFileLog(join(dataDir, "outlet.log"));
  const clock = systemClock;
  const stops: (() => Promise<void>)[] = [() => log.close()];
  const stop = async () => {
    for (const step of stops.splice(0).toReversed()) await step();
  };
  try {
    const [emulators, secrets, bedrock] = await Promise.all([
      startEmulators({ dataDir, log }),
      loadSecrets(dataDir),
      startBedrock({ backend: options.backend, log, clock }),
    ]);
    stops.push(
      () => bedrock.stop(),
      () => emulators.stop(),
    );
    await removeReady(dataDir);

    const core = createCore(emulators, bedrock.url, options);
    const shared = {
      ...core,
      clock,
      ids: Id.createIds(clock),
      randomness: systemRandomness,
      catalog: ModelCatalog.createCatalog(options.models),
      pepper: Buffer.from(secrets.pepper, "base64"),
      log,
      policy,
      cell,
    };

    let handle: Handle = async (_req, res) => {
      res.writeHead(503, { "retry-after": "1" }).end();
    };
    const ipv6 = options.allow.some((range) => range.includes(":"));
    const server = await listen({ port: options.port, ipv6, log }, (req, res) => handle(req, res));
    stops.push(() => server.close());
    const origin = `http://localhost:${server.port}`;

    const publishedApi = lambda(
      "published-api",
      createPublishedApiHandler(createPublishedApi(shared)),
      30_000,
    );
    const authorizer = lambda("authorizer", createAuthorizer(shared), 10_000);
    const edge = createEdge({
      dataDir,
      allow: options.allow,
      functions: new Map([publishedApi, authorizer].map((fn) => [fn.arn, fn])),
      platform: {
        ...account,
        cell,
        publishedApiFunctionArn: publishedApi.arn,
        authorizerFunctionArn: authorizer.arn,
        webAclArn: `arn:aws:wafv2:${account.region}:${account.accountId}:regional/webacl/outlet/embedded`,
        accessLogRetentionDays: 30,
      },
      origin: () => origin,
      clock,
      log,
    });
    stops.push(() => edge.close());

    const users = demoUsers(secrets);
    const storage = openStorage(join(dataDir, "oidc.sqlite"), clock);
    stops.push(async () => storage.close());
    const issuerUrl = `${origin}/oidc`;
    const issuer = createIssuer({
      issuer: issuerUrl,
      secrets: secrets.issuer,
      users,
      storage,
      log,
    });
    const controlApi = createControlApi({
      ...shared,
      provisioner: edge.provisioner,
      endpointOf: (restApiId, stage) => `${origin}/${restApiId}/${stage}`,
      authentication: { issuer: issuerUrl, clientIds, jwksUri: `${issuerUrl}/jwks` },
    });
    const control = getRequestListener(controlApi.fetch);

    handle = async (req, res) => {
      const path = req.url ?? "/";
      if (/^\/api(\/|\?|$)/.test(path)) return void (await control(req, res));
      if (/^\/oidc(\/|\?|$)/.test(path)) return issuer.handle(req, res);
      if (await edge.handle(req, res)) return;
      return serveConsole(req, res);
    };

    const shutdown = new AbortController();
    const worker = lambda("worker", createWorker(shared, shutdown.signal), functionTimeoutMs);
    const deployer = lambda(
      "deployer",
      createDeployer({ ...shared, provisioner: edge.provisioner, probe }),
      functionTimeoutMs,
    );
    const sweeper = createSchedule(createSweeper(shared), { everyMs: sweepEveryMs, log });
    const poll = (queueUrl: string, fn: LambdaFunction, maximumConcurrency: number) =>
      createPoller({
        sqs: createPollingClient(clientOptions(emulators)),
        queueUrl,
        invoke: async (event: SQSEvent) => (await fn.invoke(event)) as SQSBatchResponse,
        batchSize: 10,
        maximumConcurrency,
        visibilityTimeoutSeconds: 120,
        groupOf: (record) => groupOf(record.body),
        log,
      });
    const pollers = [
      poll(emulators.queueUrls.runs, worker, 16),
      poll(emulators.queueUrls.deploys, deployer, 2),
    ];
    for (const poller of pollers) poller.start();
    sweeper.start();
    stops.push(async () => {
      await sweeper.stop();
      const handOver = setTimeout(() => shutdown.abort(), drainMs);
      await Promise.all(pollers.map((poller) => poller.stop()));
      clearTimeout(handOver);
    });

    const owner = users.find((user) => user.name === "owner");
    if (!owner) throw new Error("There is no demo user called owner.");
    const sampleBot = await ensureSampleBot(
      {
        ...shared,
        provisioner: edge.provisioner,
        endpointOf: (id, stage) => `${origin}/${id}/${stage}`,
      },
      { dataDir, owner: { userId: owner.sub, username: owner.name, groups: owner.groups } },
    );
    const ready: Ready = {
      consoleUrl: `${origin}/`,
      controlApiUrl: `${origin}/api`,
      issuer: issuerUrl,
      users: users.map(({ name, password, groups }) => ({ name, password, groups })),
      sampleBot,
    };
    await writeReady(dataDir, ready);
    stops.push(() => removeReady(dataDir));
    return {
      ready,
      port: server.port,
      stop,
      failed: emulators.exited.then(({ code }) => `The emulators ended (exit code ${code}).`),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Adapters over the emulators: the same as on AWS, only the endpoints differ. */
function createCore(emulators: Emulators, bedrockUrl: string, options: RuntimeOptions) {
  const clients = createClients(clientOptions(emulators));
  const queue = (queueUrl: string): Queue => createSqsQueue({ client: clients.sqs, queueUrl });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const region = options.backend.kind === "bedrock" ? options.backend.region : account.region;
  return {
    table: createDynamoTable({ client: clients.dynamodb, tableName: emulators.tableName }),
    objects: createS3ObjectStore({ client: clients.s3, bucket: emulators.bucket }),
    runQueue: queue(emulators.queueUrls.runs),
    deployQueue: queue(emulators.queueUrls.deploys),
    model: createBedrockModel({
      client: createBedrockClient({ region, endpoint: bedrockUrl, credentials }),
    }),
  };
}

const clientOptions = ({ region, endpoints }: Emulators) => ({ region, endpoints, local: true });

const lambda = (
  name: string,
  handler: Parameters<typeof createLambdaFunction>[0]["handler"],
  timeoutMs: number,
): LambdaFunction =>
  createLambdaFunction({
    name,
    arn: `arn:aws:lambda:${account.region}:${account.accountId}:function:outlet-${name}`,
    handler,
    timeoutMs,
  });

/** The bot that a doorbell is for; a message that is none goes to a group of its own. */
function groupOf(body: string): string {
  try {
    return Run.group(Run.parseBell(body));
  } catch {
    return "other";
  }
}
