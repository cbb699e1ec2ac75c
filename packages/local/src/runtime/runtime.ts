import { idsOf } from "@outlet/aws/provisioner/stack-ids";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { type Log, type QuotaCounters, type StackHandle, systemClock } from "@outlet/core/ports";
import { Key } from "@outlet/core/publishing/key";
import { createAuthorizer } from "@outlet/functions/authorizer/authorizer";
import { createControlApi } from "@outlet/functions/control-api/app";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import { createPublishedApiHandler } from "@outlet/functions/published-api/handler";
import { startBedrock } from "../bedrock/server.ts";
import { createEdge, type Edge } from "../edge/edge.ts";
import { vectorBucket } from "../emulators/resources.ts";
import { type Emulators, startEmulators } from "../emulators/start.ts";
import { startS3Vectors } from "../emulators/vectors/server.ts";
import { createLocalAccessLog } from "../metrics/access-log.ts";
import { createLocalMetrics, createLocalQuotaCounters } from "../metrics/metrics.ts";
import { clientIds } from "../oidc/clients.ts";
import { createIssuer } from "../oidc/issuer.ts";
import { loadSecrets } from "../oidc/secrets.ts";
import { openStorage } from "../oidc/storage.ts";
import { type DemoUser, demoUsers } from "../oidc/users.ts";
import { type Backends, createBackends } from "./backends.ts";
import { consoleDir } from "./console-build.ts";
import { createConsole } from "./console-page.ts";
import { ownPagesOnly } from "./foreign-pages.ts";
import { type Handle, listen } from "./http-server.ts";
import { prepareDataFolder } from "./data-folder.ts";
import { knownHostsOnly } from "./known-hosts.ts";
import { createFileLog } from "./log.ts";
import type { RuntimeOptions } from "./options.ts";
import { lambda, platform } from "./platform.ts";
import { type Ready, removeReady, writeReady } from "./ready-file.ts";
import { ensureSampleBot } from "./sample-bot.ts";
import { startWorkers } from "./workers.ts";

export interface Runtime {
  ready: Ready;
  port: number;
  /** Finishes what is in flight, hands over what takes too long, and ends every child. */
  stop(): Promise<void>;
  /** Resolves with a reason if a part ends by itself. */
  failed: Promise<string>;
}

/** What was started, ended in the opposite order. */
class Parts {
  readonly #stops: (() => unknown)[] = [];
  add<T>(part: T, stop: (part: T) => unknown): T {
    this.#stops.push(() => stop(part));
    return part;
  }
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).toReversed()) await stop();
  }
}

/**
 * Starts all of Outlet on this machine: emulators, model endpoint, issuer, APIs, workers and edge.
 * @throws Error where the data directory or the port is in use.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  await prepareDataFolder(options.dataDir);
  const parts = new Parts();
  const log = parts.add(createFileLog(join(options.dataDir, "outlet.log")), (it) => it.close());
  try {
    return await start(options, parts, log);
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** Only where vectors are to lie there. */
async function startVectors(
  { dataDir, vectorStore }: RuntimeOptions,
  emulators: Emulators,
  log: Log,
) {
  if (vectorStore === "index") return undefined;
  return startS3Vectors({
    path: join(dataDir, "vectors.sqlite"),
    socketPath: emulators.socket("vectors"),
    bucket: vectorBucket,
    clock: systemClock,
    log,
  });
}

async function start(options: RuntimeOptions, parts: Parts, log: Log): Promise<Runtime> {
  const { dataDir } = options;
  const emulators = parts.add(await startEmulators({ dataDir, log, lockPatienceMs }), (it) =>
    it.stop(),
  );
  // Only now is the folder surely ours: another instance's file is not to be removed.
  await removeReady(dataDir);
  const secrets = await loadSecrets(dataDir);
  const bedrock = parts.add(
    await startBedrock({
      backend: options.backend,
      socketPath: emulators.socket("bedrock"),
      log,
      clock: systemClock,
    }),
    (it) => it.stop(),
  );
  const vectors = await startVectors(options, emulators, log);
  if (vectors) parts.add(vectors, (it) => it.stop());
  const urls = { bedrockUrl: bedrock.url, vectorsUrl: vectors?.url };
  const backends = createBackends(emulators, urls, secrets, options, log);

  parts.add(backends.secrets, (it) => it.close());

  // Before the server and the edge, which end before it: it counts their last lines.
  const metrics = parts.add(createLocalMetrics({ dataDir, clock: backends.clock, log }), (it) =>
    it.close(),
  );
  const quotaCounters = parts.add(createLocalQuotaCounters(dataDir), (it) => it.close());
  let handle: Handle = notYet;
  const serve = knownHostsOnly(options.hosts, (req, res) => handle(req, res));
  const ipv6 = options.allow.some((range) => range.includes(":"));
  const server = parts.add(await listen({ port: options.port, ipv6, log }, serve), (it) =>
    it.close(),
  );
  const origin = `http://localhost:${server.port}`;
  const stopping = new AbortController();
  const edge = parts.add(
    mountEdge(options, { ...backends, quotaCounters, stopping: stopping.signal }, origin),
    (it) => it.close(),
  );
  // Not as it was noted when it was published: the port may be another one since.
  const endpointOf = ({ stack, stage }: { stack: StackHandle | null; stage: string }) =>
    stack && `${origin}/${idsOf(stack).restApiId}/${stage}`;
  const provisioner = metrics.guard(edge.provisioner);
  // Nothing here is billed by anybody.
  const restingCostOf = () => 0;
  const accessLog = createLocalAccessLog(dataDir);
  const deps = {
    ...backends,
    provisioner,
    metrics,
    quotaCounters,
    accessLog,
    endpointOf,
    restingCostOf,
  };

  const users = demoUsers(secrets);
  const storage = parts.add(openStorage(join(dataDir, "oidc.sqlite"), backends.clock), (it) =>
    it.close(),
  );
  const issuerUrl = `${origin}/oidc`;
  // Under a name of its own Outlet may be reached by others.
  const isShared = options.hosts.length > 0;
  const openAs = isShared ? undefined : users.find(({ name }) => name === "owner");
  const issuer = createIssuer({
    issuer: issuerUrl,
    secrets: secrets.issuer,
    users,
    storage,
    log,
    openAs,
  });
  const authentication = { issuer: issuerUrl, clientIds, jwksUri: `${issuerUrl}/jwks` };
  const control = getRequestListener(createControlApi({ ...deps, authentication }).fetch);
  const serveConsole = createConsole(consoleDir, origin);
  const serveControl = ownPagesOnly((req, res) => Promise.resolve(control(req, res)));
  const serveIssuer = ownPagesOnly((req, res) => issuer.handle(req, res));
  handle = async (req, res) => {
    const path = req.url ?? "/";
    if (/^\/api(\/|\?|$)/.test(path)) return serveControl(req, res);
    if (/^\/oidc(\/|\?|$)/.test(path)) return serveIssuer(req, res);
    if (!(await edge.handle(req, res))) await serveConsole(req, res);
  };
  const workers = parts.add(startWorkers(emulators, deps), (it) => it.stop());

  const sampleBot = await ensureSampleBot(deps, { dataDir, owner: callerOf(users, "owner") });
  const ready: Ready = {
    consoleUrl: `${origin}/`,
    controlApiUrl: `${origin}/api`,
    issuer: issuerUrl,
    users: users.map(({ name, password, groups }) => ({ name, password, groups })),
    sampleBot,
  };
  await writeReady(dataDir, ready);
  parts.add(dataDir, removeReady);
  return {
    ready,
    port: server.port,
    async stop() {
      await removeReady(dataDir);
      // Side by side: whoever waits is answered while runs end or are handed over.
      stopping.abort();
      const ends = await Promise.allSettled([workers.stop(), server.close()]);
      for (const end of ends) {
        if (end.status === "rejected") log.error("a part did not end well", { cause: end.reason });
      }
      await parts.stop();
    },
    failed: emulators.exited.then(({ code }) => `The emulators ended (exit code ${code}).`),
  };
}

/** A predecessor on the same data may still be finishing what was in flight. */
const lockPatienceMs = 10_000;

const notYet: Handle = async (_req, res) => {
  res.writeHead(503, { "retry-after": "1" }).end();
};

/** Published bots: their shared functions behind the gateway that mounts their templates. */
function mountEdge(
  options: RuntimeOptions,
  backends: Backends & { quotaCounters: QuotaCounters; stopping: AbortSignal },
  origin: string,
): Edge {
  // All who wait are in this process.
  const waiters = Key.createProcessWaiters(backends.policy.waitersMax);
  const publishedApi = createPublishedApiHandler(
    createPublishedApi({ ...backends, waiters }),
    backends.log,
  );
  const functions = [
    lambda("published-api", publishedApi, 900_000),
    lambda("authorizer", createAuthorizer(backends), 10_000),
  ];
  return createEdge({
    dataDir: options.dataDir,
    allow: options.allow,
    functions: new Map(functions.map((fn) => [fn.arn, fn])),
    platform,
    origin: () => origin,
    clock: backends.clock,
    log: backends.log,
  });
}

function callerOf(users: DemoUser[], name: DemoUser["name"]) {
  const user = users.find((candidate) => candidate.name === name);
  if (!user) throw new Error(`There is no demo user called ${name}.`);
  return { userId: user.sub, username: user.name, groups: user.groups };
}
