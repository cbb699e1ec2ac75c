import { createBedrockKnowledgeBases } from "@outlet/aws/bedrock-knowledge-bases";
import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import { createClients } from "@outlet/aws/clients";
import { createJsonClient } from "@outlet/aws/lean/json-client";
import { createLeanQueue } from "@outlet/aws/lean/queue";
import { createLeanTable } from "@outlet/aws/lean/table";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { createS3UploadStore } from "@outlet/aws/s3-upload-store";
import { createS3VectorStore } from "@outlet/aws/s3-vector-store";
import { Retrieval } from "@outlet/core/bots/retrieval";
import { Key } from "@outlet/core/publishing/key";
import { Delivery } from "@outlet/core/conversations/delivery";
import { Id } from "@outlet/core/foundation/id";
import { ModelCatalog } from "@outlet/core/models/catalog";
import {
  type Log,
  type Queue,
  systemClock,
  rememberingTable,
  reportingTable,
  systemRandomness,
  watchedTable,
} from "@outlet/core/ports";
import { Layout } from "@outlet/core/store/layout";
import { createGuardedHttp } from "@outlet/functions/outbound/guarded-http";
import { createRemoteTools } from "@outlet/functions/tools/remote";
import type { Emulators } from "../emulators/start.ts";
import { vectorBucket } from "../emulators/resources.ts";
import { createOpenAiEmbedder } from "../openai-embedder.ts";
import type { Secrets } from "../oidc/secrets.ts";
import { createServerReranker } from "../rerank-server.ts";
import { createLocalSecretStore } from "../secret-store.ts";
import type { RuntimeOptions } from "./options.ts";
import { cell, policy, region } from "./platform.ts";

export const clientOptions = ({ region, endpoints }: Emulators) => ({
  region,
  endpoints,
  local: true,
  requestTimeoutMs: 5_000,
});

/** Of the lean clients: a socket costs little here, and whoever waits for one waits for nothing. */
export const leanOptions = (emulators: Emulators, service: "dynamodb" | "sqs") => {
  const { endpoints, ...options } = clientOptions(emulators);
  return { ...options, endpoint: endpoints[service], maxSockets: 256 };
};

/**
 * What the handlers are given: the adapters that AWS gets too, only at other endpoints, and what
 * the domain needs besides.
 */
export function createBackends(
  emulators: Emulators,
  { bedrockUrl, vectorsUrl }: { bedrockUrl: string; vectorsUrl: string | undefined },
  secrets: Secrets,
  options: RuntimeOptions,
  log: Log,
) {
  const { s3 } = createClients(clientOptions(emulators));
  const lean = (service: "dynamodb" | "sqs") =>
    createJsonClient(service, { ...leanOptions(emulators, service), pipelined: true });
  const [dynamodb, sqs] = [lean("dynamodb"), lean("sqs")];
  const queue = (queueUrl: string) => createLeanQueue({ client: sqs, queueUrl });
  const { runs, deploys, syncs, webhooks } = emulators.queueUrls;
  const bedrock = createConverseClient({
    region: options.backend.kind === "bedrock" ? options.backend.region : region,
    endpoint: bedrockUrl,
    local: true,
  });
  // Who waits for an answer and who gives it are one process here.
  const { tableName } = emulators;
  const leanTable = createLeanTable({ client: dynamodb, tableName });
  const table = rememberingTable(
    watchedTable(reportingTable(leanTable, log)),
    Layout.isReadForEach,
  );
  const objects = createS3ObjectStore({
    client: s3,
    bucket: emulators.bucket,
    // The emulator takes 11 MB in one request, and a large bot's index is larger.
    requestBytesMax: 8 * 1024 * 1024,
  });
  const webhookQueue = queue(webhooks);
  const secretStore = createLocalSecretStore(options.dataDir);
  const http = createGuardedHttp({ allow: options.reach });
  const { embeddings, rerank } = options;
  const embedder = embeddings ? createOpenAiEmbedder(embeddings, systemClock) : undefined;
  const vectors = vectorsUrl === undefined ? undefined : openVectors(vectorsUrl);
  return {
    table,
    objects,
    // Browsers do not reach it: a page of anybody's would.
    uploads: createS3UploadStore({ client: s3, bucket: emulators.bucket }),
    secrets: secretStore,
    remoteTools: createRemoteTools({ table, http, secrets: secretStore, clock: systemClock, log }),
    embedder,
    vectors,
    knowledgeBases: options.knowledgeBases.allowed,
    retriever: Retrieval.withReranker(
      Retrieval.withKnowledgeBases(
        Retrieval.createRetriever({ table, objects, embedder, vectors, log }),
        basesOf(options.knowledgeBases, log),
      ),
      {
        table,
        clock: systemClock,
        log,
        reranker: rerank ? createServerReranker(rerank) : undefined,
      },
    ),
    runQueue: unawaited(queue(runs), log),
    deployQueue: queue(deploys),
    syncQueue: queue(syncs),
    webhookQueue,
    onRunEnded: Delivery.createHook({ table, webhookQueue, clock: systemClock, log }),
    http,
    model: createBedrockModel({ client: bedrock }),
    clock: systemClock,
    ids: Id.createIds(systemClock),
    randomness: systemRandomness,
    catalog: ModelCatalog.createCatalog(options.models),
    ...Key.readPeppers(secrets.pepper),
    log,
    policy,
    cell,
    templateUpgrades: options.templateUpgrades,
    limits: options.limits,
  };
}

/** A bell that is lost is rung again by the sweeper: who rings need not wait for it. */
const unawaited = (queue: Queue, log: Log): Queue => ({
  send(...message) {
    queue.send(...message).catch((cause: unknown) => log.warn("a bell was not rung", { cause }));
    return Promise.resolve();
  },
});

/** Real ones: they are in an account of AWS, and so are the credentials that this machine has. */
const basesOf = ({ allowed, region }: RuntimeOptions["knowledgeBases"], log: Log) => ({
  allowed: allowed.map(({ knowledgeBaseId }) => knowledgeBaseId),
  knowledgeBases:
    allowed.length === 0
      ? undefined
      : createBedrockKnowledgeBases({
          client: createJsonClient("bedrock-agent-runtime", { region, triesMax: 2 }),
        }),
  log,
});

/** The vector bucket of the endpoint at this address. */
const openVectors = (endpoint: string) =>
  createS3VectorStore({
    client: createJsonClient("s3vectors", { region, endpoint, local: true }),
    bucket: vectorBucket,
  });

export type Backends = ReturnType<typeof createBackends>;
