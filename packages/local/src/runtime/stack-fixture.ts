import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClients } from "@outlet/aws/clients";
import { createJsonClient, type JsonClient } from "@outlet/aws/lean/json-client";
import { createLeanQueue } from "@outlet/aws/lean/queue";
import { createLeanTable } from "@outlet/aws/lean/table";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { Bot } from "@outlet/core/bots/bot";
import { Retrieval } from "@outlet/core/bots/retrieval";
import { Tools } from "@outlet/core/bots/tools";
import { Id } from "@outlet/core/foundation/id";
import { ModelCatalog } from "@outlet/core/models/catalog";
import {
  type Clock,
  type Log,
  type Model,
  type ModelEvent,
  type ModelRequest,
  type ObjectStore,
  type Queue,
  type Randomness,
  reportingTable,
  type Retriever,
  silentLog,
  systemClock,
  systemRandomness,
  type Table,
  type Tool,
  watchedTable,
} from "@outlet/core/ports";
import { Bell } from "@outlet/core/conversations/bell";
import { createDeadLetters } from "@outlet/functions/workers/dead-letters/handler";
import type { Policy } from "@outlet/functions/policy";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import { createSweeper } from "@outlet/functions/workers/sweeper/handler";
import { createWorker } from "@outlet/functions/workers/worker/handler";
import { type Emulators, startEmulators } from "../emulators/start.ts";
import { createPoller } from "../poller/poller.ts";
import { canary, look, lookedThrough } from "../canary/canary.test-support.ts";
import { clientOptions, leanOptions } from "./backends.ts";
import { policy } from "./platform.ts";
import type { Reply } from "./runtime-fixture.ts";

/** What the handlers are given. */
interface StackDeps {
  table: Table;
  objects: ObjectStore;
  retriever: Retriever;
  runQueue: Queue;
  deployQueue: Queue;
  syncQueue: Queue;
  webhookQueue: Queue;
  clock: Clock;
  randomness: Randomness;
  ids: Id.Ids;
  catalog: ModelCatalog.Catalog;
  log: Log;
  policy: Policy;
  model: Model;
  remoteTools: Tools.Remote;
}

/** What a scripted model does with a request: speaks, or throws. */
export type Script = (request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelEvent>;

/** Says a text in two pieces and ends. */
export async function* says(text: string, stop = "end_turn"): AsyncGenerator<ModelEvent> {
  const middle = Math.ceil(text.length / 2);
  yield { type: "text", text: text.slice(0, middle) };
  yield { type: "text", text: text.slice(middle) };
  yield { type: "stop", reason: stop };
  yield { type: "usage", usage: { ...noTokens, inputTokens: 10, outputTokens: 5 } };
}

const noTokens = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
};

/** The text of the last message of a request. */
export const lastText = (request: ModelRequest): string =>
  request.messages
    .at(-1)
    ?.content.map((part) => (part.type === "text" ? part.text : `<${part.type}>`))
    .join(" ") ?? "";

export interface Caller {
  clientId?: string;
  keyId?: string;
  botId?: string;
  retentionDays?: string;
  streaming?: "deltas" | "end";
  /** Whether the publication has a webhook. */
  tellsOwner?: "true" | "false";
}

/**
 * For tests: the real handlers over the real adapters and emulators, with a scripted model. There is
 * no edge: requests come as the gateway would hand them on.
 */
export async function startStack(
  options: { log?: Log; tap?: (dynamodb: JsonClient) => JsonClient } = {},
) {
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-stack-"));
  const log = lookedThrough(options.log ?? silentLog);
  const emulators = await startEmulators({ dataDir, log: silentLog });
  const clients = createClients({ ...clientOptions(emulators), requestTimeoutMs: 60_000 });
  const leanOf = (service: "dynamodb" | "sqs") =>
    createJsonClient(service, { ...leanOptions(emulators, service), requestTimeoutMs: 60_000 });
  const dynamodb = options.tap?.(leanOf("dynamodb")) ?? leanOf("dynamodb");
  const sqs = leanOf("sqs");
  const model = { script: (() => says("Hello.")) as Script, requests: [] as ModelRequest[] };
  const { tableName } = emulators;
  /** What opening a remote tool brings. */
  const remote: { tools: Tool[] } = { tools: [] };
  const table = watchedTable(reportingTable(createLeanTable({ client: dynamodb, tableName }), log));
  const objects = createS3ObjectStore({ client: clients.s3, bucket: emulators.bucket });
  const deps: StackDeps = {
    table,
    objects,
    retriever: Retrieval.createRetriever({ table, objects }),
    runQueue: queueOf(sqs, emulators, "runs"),
    deployQueue: queueOf(sqs, emulators, "deploys"),
    syncQueue: queueOf(sqs, emulators, "syncs"),
    webhookQueue: queueOf(sqs, emulators, "webhooks"),
    clock: systemClock,
    randomness: systemRandomness,
    ids: Id.createIds(systemClock),
    catalog: ModelCatalog.createCatalog(["claude-v4.5-haiku", "claude-v3-haiku", "outlet-demo"]),
    log,
    // Accepts as on AWS.
    policy: {
      ...policy,
      acceptsInOne: false,
      attemptBackoffMs: 20,
      backoffMs: 5,
      backoffMaxMs: 20,
      throttledMaxMs: 0,
    },
    remoteTools: { open: async () => remote.tools },
    model: {
      stream(request, signal) {
        model.requests.push(request);
        return model.script(request, signal);
      },
    },
  };
  const owner = { userId: "owner", username: "owner", groups: ["PublishAllowed"] };
  const bot = await Bot.create(deps, owner, { ...botDefaults, title: "Test bot" });
  const pollers: { stop(): Promise<void> }[] = [];
  return {
    ...deps,
    deps,
    emulators,
    clients,
    model,
    remote,
    bot,
    owner,
    /** A client of the published API, as one key of the bot. */
    client: (who: Caller = {}, over: Partial<typeof deps> = {}) =>
      clientOf({ ...deps, ...over }, { botId: bot.botId, ...who }),
    createBot: (title: string) => Bot.create(deps, owner, { ...botDefaults, title }),
    worker: (over: Partial<typeof deps> = {}) => createWorker({ ...deps, ...over }),
    sweep: (over: Partial<typeof deps> = {}) => createSweeper({ ...deps, ...over })(),
    /** As {@link sweep} some minutes from now, when whatever is open and unattended is due. */
    sweepLater: (over: Partial<typeof deps> = {}) =>
      createSweeper({
        ...deps,
        clock: { ...systemClock, now: () => Date.now() + 600_000 },
        ...over,
      })(),
    deadLetters: (over: Partial<typeof deps> = {}) => createDeadLetters({ ...deps, ...over }),
    /** Answers what is accepted from now on, until the returned poller is stopped. */
    answer(maximumConcurrency = 8, over: Partial<typeof deps> = {}) {
      const poller = createPoller({
        sqs: createJsonClient("sqs", { ...leanOptions(emulators, "sqs"), triesMax: 1 }),
        queueUrl: emulators.queueUrls.runs,
        invoke: (event) =>
          createWorker({ ...deps, ...over })(event, { getRemainingTimeInMillis: () => 900_000 }),
        maximumConcurrency,
        batchSize: 1,
        visibilityTimeoutSeconds: 120,
        groupOf: (record) => Bell.groupOf(Bell.parse(record.body)),
        log,
      });
      poller.start();
      pollers.push(poller);
      return poller;
    },
    async stop() {
      await Promise.all(pollers.map((poller) => poller.stop()));
      await emulators.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
export type Stack = Awaited<ReturnType<typeof startStack>>;

const botDefaults = {
  description: "",
  instruction: `SECRET-INSTRUCTION ${canary}: be kind.`,
  model: "claude-v4.5-haiku",
  callerModels: ["claude-v3-haiku"],
  generation: { maxTokens: 2_048, temperature: 0.5, topP: null, stopSequences: [] },
  showSources: false,
  tools: Tools.none,
};

const queueOf = (client: JsonClient, emulators: Emulators, name: keyof Emulators["queueUrls"]) =>
  createLeanQueue({ client, queueUrl: emulators.queueUrls[name] });

type ApiDeps = Parameters<typeof createPublishedApi>[0] & {
  table: Table;
  objects: ObjectStore;
  runQueue: Queue;
};

function clientOf(deps: ApiDeps, who: Caller & { botId: string }) {
  const app = createPublishedApi(deps);
  const {
    clientId = "client-1",
    keyId = "key-1",
    botId,
    retentionDays = "30",
    streaming = "deltas",
    tellsOwner = "false",
  } = who;
  const authorizer = {
    botId,
    clientId,
    keyId,
    retentionDays,
    streaming,
    tellsOwner,
    paused: "false",
    allowedOrigins: "[]",
  };
  const requestContext = { requestId: "request-1", authorizer };
  const env: object = { event: { requestContext, stageVariables: { botId } } };
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const init = { method, headers, ...(body === undefined ? {} : { body: text }) };
    const response = await app.request(path, init, env);
    const answer = await response.text();
    look(JSON.stringify([...response.headers]) + answer, `${method} ${path}`);
    const isJson = response.headers.get("content-type")?.includes("json") && answer;
    const { status } = response;
    return {
      status,
      headers: response.headers,
      text: answer,
      json: isJson ? JSON.parse(answer) : null,
    };
  };
  return {
    call,
    address: (conversationId: string) => ({ botId, clientId, conversationId }),
    send: (text: string, conversationId?: string, headers?: Record<string, string>) =>
      call("POST", "/conversation", messageOf(text, conversationId), headers),
    /** Sends and waits for the end of the run, which may be any. */
    async ask(text: string, conversationId?: string): Promise<Reply> {
      const sent = await call("POST", "/conversation", messageOf(text, conversationId));
      return this.outcome(sent);
    },
    async outcome(sent: Reply): Promise<Reply> {
      const path = `/conversation/${encodeURIComponent(sent.json.conversationId)}/${sent.json.messageId}`;
      for (let tries = 0; tries < 10; tries++) {
        const reply = await call("GET", `${path}?wait=2`);
        if (reply.status !== 202) return reply;
      }
      throw new Error("The run did not end.");
    },
  };
}
export type Client = ReturnType<typeof clientOf>;

export const messageOf = (text: string, conversationId?: string, over: object = {}) => ({
  ...(conversationId === undefined ? {} : { conversationId }),
  message: { content: [{ contentType: "text", body: text }] },
  ...over,
});
