/**
 * The composition root on AWS: it alone reads what the infrastructure links to a function. Each
 * function calls for its own parts, so that its bundle holds those and no others.
 */
import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import { createCloudFormationProvisioner } from "@outlet/aws/cloudformation-provisioner";
import {
  createCloudWatchAccessLog,
  createCloudWatchLogsClient,
} from "@outlet/aws/cloudwatch-access-log";
import { createCloudWatchClient, createCloudWatchMetrics } from "@outlet/aws/cloudwatch-metrics";
import { createGatewayQuotaCounters } from "@outlet/aws/gateway-quota-counters";
import { createJsonClient, type JsonClient } from "@outlet/aws/lean/json-client";
import { createLeanQueue } from "@outlet/aws/lean/queue";
import { createLeanTable } from "@outlet/aws/lean/table";
import { createControlPlaneClients } from "@outlet/aws/provisioner/control-plane-clients";
import { idsOf } from "@outlet/aws/provisioner/stack-ids";
import { createPace } from "@outlet/aws/provisioner/pace";
import { stackPrefix } from "@outlet/aws/published-stack/names";
import { restingCost } from "@outlet/aws/published-stack/resting-cost";
import { Delivery } from "@outlet/core/conversations/delivery";
import { Id } from "@outlet/core/foundation/id";
import { Limits } from "@outlet/core/foundation/limits";
import type { Tools } from "@outlet/core/bots/tools";
import { ModelCatalog } from "@outlet/core/models/catalog";
import { Embeddings } from "@outlet/core/models/embeddings";
import {
  type Embedder,
  type Log,
  type ObjectStore,
  reportingTable,
  type Retriever,
  type SecretStore,
  systemClock,
  systemRandomness,
  type Table,
  type UploadStore,
  type VectorStore,
} from "@outlet/core/ports";
import { Key } from "@outlet/core/publishing/key";
import type { ControlApiDeps } from "./control-api/deps.ts";
import { join } from "node:path";
import { Resource } from "sst";
import { createPowertoolsLog } from "./log.ts";
import { createGuardedHttp } from "./outbound/guarded-http.ts";
import { defaultPolicy } from "./policy.ts";
import { createChildReader } from "./workers/syncer/child-reader.ts";

const options = () => ({ region: Resource.Installation.region });

function base() {
  const log = createPowertoolsLog();
  const client = createJsonClient("dynamodb", options());
  const table = createLeanTable({ client, tableName: Resource.Table.name });
  return { table: reportingTable(table, log), clock: systemClock, log };
}

/** Versions, the newest first: secrets made under an older one go on. */
const peppers = () => Key.readPeppers(Resource.KeyPepper.value);

const catalog = () => {
  const { models, region } = Resource.Installation;
  return ModelCatalog.createCatalog(models.split(","), region);
};

/** Seldom needed, and S3's client is the heaviest of all: in a chunk of its own it is loaded late. */
function objects(): ObjectStore {
  let opened: Promise<ObjectStore> | undefined;
  const open = async () => {
    opened ??= import("./objects.ts").then(({ openObjects }) =>
      openObjects(options(), Resource.Payloads.name),
    );
    return opened;
  };
  return {
    put: async (path, body, contentType) => (await open()).put(path, body, contentType),
    get: async (path) => (await open()).get(path),
    getRange: async (path, from, length) => (await open()).getRange(path, from, length),
    remove: async (path) => (await open()).remove(path),
  };
}

/** Browsers post files to the bucket itself, under its name in its Region (infra/storage.ts). */
function uploads(): UploadStore {
  const bucket = Resource.Payloads.name;
  const url = `https://${bucket}.s3.${Resource.Installation.region}.amazonaws.com/`;
  let opened: Promise<UploadStore> | undefined;
  const open = async () => {
    opened ??= import("./objects.ts").then(({ openUploads }) =>
      openUploads(options(), bucket, url),
    );
    return opened;
  };
  return {
    target: async (path, about) => (await open()).target(path, about),
    receive: async (path, pieces) => (await open()).receive(path, pieces),
    size: async (path) => (await open()).size(path),
  };
}

/** Passages are found by meaning too where a model of embeddings is chosen (infra/settings.ts). */
function embedder(): Embedder | undefined {
  const model = Embeddings.find(Resource.Installation.embeddingModel);
  if (!model) return undefined;
  let opened: Promise<Embedder> | undefined;
  return {
    ...Embeddings.facts(model),
    async embed(...texts) {
      const { region } = Resource.Installation;
      opened ??= import("./embedder.ts").then(({ openEmbedder }) => openEmbedder(region, model));
      return (await opened).embed(...texts);
    },
  };
}

/** Where vectors lie that are not in the index of words (infra/vectors.ts). */
function vectors(): VectorStore | undefined {
  const { vectorBucket, region } = Resource.Installation;
  if (vectorBucket === "") return undefined;
  let opened: Promise<VectorStore> | undefined;
  const open = async () => {
    opened ??= import("./vectors.ts").then(({ openVectors }) => openVectors(region, vectorBucket));
    return opened;
  };
  return {
    put: async (index, stored) => (await open()).put(index, stored),
    known: async (index, keys) => (await open()).known(index, keys),
    nearest: async (index, question, limit) => (await open()).nearest(index, question, limit),
    remove: async (index, keys) => (await open()).remove(index, keys),
    removeAll: async (botId, but) => (await open()).removeAll(botId, but),
  };
}

/** Much of it is tables of words: in a chunk of its own, for the first question. */
function retriever(stores: { table: Table; objects: ObjectStore; log: Log }): Retriever {
  let opened: Promise<Retriever> | undefined;
  return {
    async search(...question) {
      opened ??= import("./retriever.ts").then(({ openRetriever }) =>
        openRetriever({ ...stores, embedder: embedder(), vectors: vectors() }),
      );
      return (await opened).search(...question);
    },
  };
}

/** Few bots have tools that lie outside: what calls them is loaded for the first one that does. */
function remoteTools(stores: ReturnType<typeof base>): Tools.Remote {
  let opened: Promise<Tools.Remote> | undefined;
  return {
    async open(...asked) {
      opened ??= import("./tools/remote.ts").then(({ createRemoteTools }) =>
        createRemoteTools({ ...stores, http: createGuardedHttp(), secrets: secrets() }),
      );
      return (await opened).open(...asked);
    },
  };
}

/** Of bots' tools; few have any. */
function secrets(): SecretStore {
  let opened: Promise<SecretStore> | undefined;
  const open = async () => {
    opened ??= import("./secrets.ts").then(({ openSecrets }) =>
      openSecrets(options(), Resource.ToolSecrets.path),
    );
    return opened;
  };
  return {
    put: async (botId, secretId, value) => (await open()).put(botId, secretId, value),
    get: async (botId, secretId) => (await open()).get(botId, secretId),
    remove: async (botId, secretId) => (await open()).remove(botId, secretId),
    removeAll: async (botId) => (await open()).removeAll(botId),
  };
}

const sqsClient = () => createJsonClient("sqs", options());

const queue = (client: JsonClient, { url }: { url: string }) =>
  createLeanQueue({ client, queueUrl: url });

const model = () => createBedrockModel({ client: createConverseClient(options()) });

/** Whether AWS's bill is to tell published bots apart. */
const inferenceProfiles = (): boolean => Resource.Installation.inferenceProfiles === "on";

const provisioner = ({ table, log }: { table: Table; log: Log }) => {
  const { partition, region, accountId, cell, stage } = Resource.Installation;
  const {
    serviceRoleArn,
    publishedApiFunctionArn,
    authorizerFunctionArn,
    webAclArn,
    apiDomain,
    usagePlansMax,
  } = Resource.Publishing;
  return createCloudFormationProvisioner({
    ...createControlPlaneClients(options()),
    platform: {
      stage,
      partition,
      region,
      accountId,
      cell,
      publishedApiFunctionArn,
      authorizerFunctionArn,
      webAclArn,
      accessLogRetentionDays: 30,
      // Absent and not `false`: the digest of the template's version is of what is there.
      ...(inferenceProfiles() && { inferenceProfiles: true }),
      ...(apiDomain && { apiDomain }),
    },
    serviceRoleArn,
    usagePlansMax: Number(usagePlansMax),
    pace: createPace({ table, clock: systemClock, cell }),
    log,
  });
};

const templateUpgrades = (): boolean => Resource.Publishing.templateUpgrades === "on";

export const authorizerDeps = () => ({ ...base(), ...peppers() });

export function publishedApiDeps() {
  const sqs = sqsClient();
  const shared = base();
  return {
    ...shared,
    objects: objects(),
    runQueue: queue(sqs, Resource.RunQueue),
    ids: Id.createIds(systemClock),
    catalog: catalog(),
    policy: defaultPolicy,
    // Each call is in a process of its own: who waits is known to the table alone.
    waiters: Key.createTableWaiters(shared, defaultPolicy.waitersMax),
  };
}

export function workerDeps() {
  const sqs = sqsClient();
  const stores = { ...base(), objects: objects() };
  return {
    ...stores,
    onRunEnded: Delivery.createHook({ ...stores, webhookQueue: queue(sqs, Resource.WebhookQueue) }),
    remoteTools: remoteTools(stores),
    retriever: retriever(stores),
    runQueue: queue(sqs, Resource.RunQueue),
    ids: Id.createIds(systemClock),
    randomness: systemRandomness,
    catalog: catalog(),
    inferenceProfiles: inferenceProfiles(),
    model: model(),
    policy: defaultPolicy,
  };
}

export function sweeperDeps() {
  const sqs = sqsClient();
  return {
    ...base(),
    runQueue: queue(sqs, Resource.RunQueue),
    deployQueue: queue(sqs, Resource.DeployQueue),
    syncQueue: queue(sqs, Resource.SyncQueue),
    webhookQueue: queue(sqs, Resource.WebhookQueue),
    policy: defaultPolicy,
  };
}

export const webhooksDeps = () => ({
  ...base(),
  webhookQueue: queue(sqsClient(), Resource.WebhookQueue),
  randomness: systemRandomness,
  http: createGuardedHttp(),
  policy: defaultPolicy,
});

export const deadLettersDeps = () => ({
  ...base(),
  runQueue: queue(sqsClient(), Resource.RunQueue),
});

export const syncerDeps = () => ({
  ...base(),
  objects: objects(),
  ids: Id.createIds(systemClock),
  embedder: embedder(),
  vectors: vectors(),
  http: createGuardedHttp(),
  // One after the other: the function has memory for one file.
  reader: createChildReader({
    processesMax: 1,
    cmapsDir: join(process.env["LAMBDA_TASK_ROOT"] ?? "", "cmaps"),
  }),
});

export function deployerDeps() {
  const sqs = sqsClient();
  const shared = base();
  return {
    ...shared,
    objects: objects(),
    vectors: vectors(),
    secrets: secrets(),
    deployQueue: queue(sqs, Resource.DeployQueue),
    ids: Id.createIds(systemClock),
    randomness: systemRandomness,
    ...peppers(),
    catalog: catalog(),
    provisioner: provisioner(shared),
    cell: Resource.Installation.cell,
    templateUpgrades: templateUpgrades(),
    policy: defaultPolicy,
  };
}

type Place = Parameters<ControlApiDeps["endpointOf"]>[0];

export function controlApiDeps() {
  const sqs = sqsClient();
  const shared = { ...base(), objects: objects() };
  const { region, cell, stage } = Resource.Installation;
  const { issuer, clientIds, jwksUri } = Resource.SignIn;
  return {
    ...shared,
    uploads: uploads(),
    http: createGuardedHttp(),
    secrets: secrets(),
    remoteTools: remoteTools(shared),
    retriever: retriever(shared),
    vectors: vectors(),
    runQueue: queue(sqs, Resource.RunQueue),
    deployQueue: queue(sqs, Resource.DeployQueue),
    syncQueue: queue(sqs, Resource.SyncQueue),
    webhookQueue: queue(sqs, Resource.WebhookQueue),
    ids: Id.createIds(systemClock),
    randomness: systemRandomness,
    catalog: catalog(),
    model: model(),
    ...peppers(),
    provisioner: provisioner(shared),
    metrics: createCloudWatchMetrics({ client: createCloudWatchClient(options()), stage }),
    quotaCounters: createGatewayQuotaCounters({
      apiGateway: createControlPlaneClients(options()).apiGateway,
      clock: systemClock,
      stage,
    }),
    accessLog: createCloudWatchAccessLog({
      client: createCloudWatchLogsClient(options()),
      clock: systemClock,
    }),
    cell,
    stackPrefix: stackPrefix(stage),
    templateUpgrades: templateUpgrades(),
    limits: Limits.parse(Resource.Installation),
    // Publications of version 1 of the template do not name theirs.
    endpointOf: ({ stack, stage, endpoint }: Place) =>
      stack &&
      (endpoint ??
        `https://${idsOf(stack).restApiId}.execute-api.${region}.amazonaws.com/${stage}`),
    restingCostOf: restingCost,
    authentication: { issuer, jwksUri, clientIds: clientIds.split(",") },
    policy: defaultPolicy,
  };
}
