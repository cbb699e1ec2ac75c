import { Bot } from "@outlet/core/bots/bot";
import { Tools } from "@outlet/core/bots/tools";
import { Conversation } from "@outlet/core/conversations/conversation";
import { EventLog } from "@outlet/core/conversations/event-log";
import { type Address, Run, Steps } from "@outlet/core/conversations/run";
import { Worker } from "@outlet/core/conversations/worker";
import { Id } from "@outlet/core/foundation/id";
import { ModelCatalog } from "@outlet/core/models/catalog";
import {
  type Clock,
  type Model,
  type ModelRequest,
  type ObjectStore,
  silentLog,
  type Table,
  type Tool,
} from "@outlet/core/ports";
import { Ledger } from "@outlet/core/records/ledger";
import { defaultPolicy } from "@outlet/functions/policy";
import * as v from "valibot";
import { createMemoryTable } from "../memory-table.ts";
import { createFuse, type Fuse } from "./fuse.ts";
import type { Plan, PlannedCall } from "./plan.ts";

/** What happened in an episode, for whoever judges it. */
export interface Episode {
  plan: Plan;
  run: Run.State;
  answer: Awaited<ReturnType<typeof Run.loadAnswer>>;
  results: Steps.Result[];
  /** How often each call was carried out, by its idempotency key. */
  carriedOut: Map<string, { tool: string; round: number; callId: string; times: number }>;
  /** Requests of the model that were answered to the end, in whichever process. */
  modelAnswers: number;
  entries: Ledger.Entry[];
  /** What was wrong about a request of the model. */
  badRequests: string[];
  stopsReached: number;
  callsOfLast: number;
}

const perAnswer = { inputTokens: 10, outputTokens: 5 };
const noCache = { cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
export const tokensPerAnswer = perAnswer.inputTokens + perAnswer.outputTokens;

const policy = { ...defaultPolicy, modelTriesMax: 1, attemptsMax: 4, eventsEveryMs: 0 };
const address: Address = { botId: "", clientId: "client", conversationId: "conversation" };

/** Plays a plan: one process after the other, each stopped where the plan says. */
export async function play(plan: Plan): Promise<Episode> {
  let now = Date.UTC(2026, 10, 27);
  const clock: Clock = {
    now: () => now,
    // Time passes between processes only.
    sleep: (_ms, signal) =>
      new Promise((_resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
  const stores = { table: createMemoryTable(), objects: createObjects() };
  const seen: Seen = { carriedOut: new Map(), modelAnswers: 0, badRequests: [] };
  const base = {
    ...stores,
    clock,
    ids: Id.createIds(clock),
    catalog: ModelCatalog.createCatalog(["claude-v4.5-haiku"]),
    randomness: { fraction: () => 0.5, bytes: (size: number) => new Uint8Array(size) },
    log: silentLog,
    policy,
    runQueue: { send: async () => {} },
  };
  const owner = { userId: "owner", username: "owner", groups: [] };
  const tools = { allowed: ["tool"], roundsMax: 10 };
  const { botId } = await Bot.create(base, owner, v.parse(Bot.Create, { title: "A bot", tools }));
  await Tools.put(base.table, toolOf(botId, now));
  const here = { ...address, botId };
  const message = {
    content: [{ contentType: "text" as const, body: "Do it." }],
    requestedModel: null,
    keyId: "key",
    continues: false,
    reasoning: false,
    retentionDays: 1,
  };
  const { runId } = await Conversation.send(base, here, async () => message);
  const stalled: { fuse: Fuse; work: Promise<unknown> }[] = [];
  let stopsReached = 0;
  let callsOfLast = 0;
  for (let at = 0; ; at++) {
    const stop = plan.stops[at];
    const fuse = createFuse(stop?.at ?? 0, stop?.how ?? "before");
    const deps = depsOf(base, fuse, plan, seen);
    const work = Worker.work(deps, here, { deadline: now + 900_000 });
    const ended = await Promise.race([work.then(() => "ended" as const), fuse.stopped]);
    callsOfLast = fuse.count;
    if (ended === "stopped") {
      stopsReached += 1;
      if (stop?.how === "stall") stalled.push({ fuse, work });
      // Until its lease has run out.
      now += policy.leaseMs + 1_000;
      continue;
    }
    now += policy.leaseMs + 1_000;
    const run = await Run.peek(base.table, here, runId);
    if (run && Run.isTerminal(run.status) && at >= plan.stops.length) break;
    if (at > plan.stops.length + policy.attemptsMax) break;
  }
  // Whoever stood still goes on, long after another has taken the run.
  for (const { fuse, work } of stalled) {
    fuse.release();
    await work;
  }
  const run = await Run.peek(base.table, here, runId);
  if (!run) throw new Error("The run has gone.");
  const records = await EventLog.readRecords(base.table, run);
  return {
    plan,
    run,
    answer: await Run.loadAnswer(base, run),
    results: Steps.fold(records.map(({ record }) => record)).flatMap((step) => step.results),
    ...seen,
    entries: await entriesOf(base.table, botId, now),
    stopsReached,
    callsOfLast,
  };
}

type Seen = Pick<Episode, "carriedOut" | "modelAnswers" | "badRequests">;

async function entriesOf(table: Table, botId: string, now: number): Promise<Ledger.Entry[]> {
  const hours = [0, 1].map((back) => Ledger.partition(botId, now - back * 3_600_000));
  const pages = await Promise.all(hours.map((pk) => table.query({ pk })));
  return pages.flatMap(({ items }) => items).map((item) => v.parse(Ledger.Entry, item));
}

const toolOf = (botId: string, now: number): Tools.Info => ({
  botId,
  toolId: "tool",
  setting: { kind: "http", title: "Shop", baseUrl: "https://shop.test", hosts: [], operations: [] },
  limits: v.parse(Tools.Limits, {}),
  createdAt: now,
  updatedAt: now,
});

function createObjects(): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  return {
    put: async (path, body) => void objects.set(path, body),
    get: async (path) => objects.get(path),
    getRange: async (path, from, length) => objects.get(path)?.subarray(from, from + length),
    remove: async (path) => void objects.delete(path),
  };
}

function depsOf<D extends { table: Table; objects: ObjectStore }>(
  base: D,
  fuse: Fuse,
  plan: Plan,
  seen: Seen,
) {
  const table: Table = {
    get: (key) => fuse.pass(() => base.table.get(key)),
    put: (item, condition) => fuse.pass(() => base.table.put(item, condition)),
    update: (key, change, condition) => fuse.pass(() => base.table.update(key, change, condition)),
    remove: (key, condition) => fuse.pass(() => base.table.remove(key, condition)),
    transact: (writes) => fuse.pass(() => base.table.transact(writes)),
    query: (range) => fuse.pass(() => base.table.query(range)),
  };
  const objects: ObjectStore = {
    put: (path, body, type) => fuse.pass(() => base.objects.put(path, body, type)),
    get: (path) => fuse.pass(() => base.objects.get(path)),
    getRange: (path, from, length) => fuse.pass(() => base.objects.getRange(path, from, length)),
    remove: (path) => fuse.pass(() => base.objects.remove(path)),
  };
  const tools = (["look", "order"] as const).map((name) => createTool(name, fuse, plan, seen));
  return {
    ...base,
    table,
    objects,
    model: createModel(fuse, plan, seen),
    retriever: { search: async () => ({ engine: "lexical" as const, passages: [] }) },
    remoteTools: { open: (_tool: Tools.Info) => fuse.pass(async () => tools) },
  };
}

function createTool(name: PlannedCall["name"], fuse: Fuse, plan: Plan, seen: Seen): Tool {
  return {
    definition: {
      name,
      description: name,
      inputSchema: { type: "object" },
      isSafeToRepeat: name === "look",
      limits: v.parse(Tools.Limits, { callsMax: 50 }),
    },
    call: ({ idempotencyKey, input }) =>
      fuse.pass(async () => {
        const { round, index } = v.parse(v.object({ round: v.number(), index: v.number() }), input);
        const known = seen.carriedOut.get(idempotencyKey);
        const callId = `c-${round}-${index}`;
        const times = (known?.times ?? 0) + 1;
        seen.carriedOut.set(idempotencyKey, { tool: name, round, callId, times });
        return plan.rounds[round]?.[index]?.fails
          ? { outcome: "error", reason: "No such luck." }
          : { outcome: "ok", content: `${name} ${round} ${index}` };
      }),
  };
}

/** Which round it is it sees from the request, as a model does. */
function createModel(fuse: Fuse, plan: Plan, seen: Seen): Model {
  return {
    async *stream(request) {
      seen.badRequests.push(...complaintsOf(request));
      const round = request.messages.filter(({ content }) =>
        content.some(({ type }) => type === "toolUse"),
      ).length;
      const calls = plan.rounds[round] ?? [];
      const say = (text: string) => fuse.pass(async () => ({ type: "text" as const, text }));
      yield await say(`Round ${round}.`);
      for (const [index, { name }] of calls.entries()) {
        const input = JSON.stringify({ round, index });
        const callId = `c-${round}-${index}`;
        yield await fuse.pass(async () => ({ type: "toolUse" as const, callId, name, input }));
      }
      yield { type: "stop", reason: calls.length > 0 ? "tool_use" : "end_turn" };
      yield await fuse.pass(async () => {
        seen.modelAnswers += 1;
        return { type: "usage" as const, usage: { ...perAnswer, ...noCache } };
      });
    },
  };
}

/** Rules of Converse that a request of a loop can break. */
function complaintsOf({ messages }: ModelRequest): string[] {
  return messages.flatMap(({ content }, at) => {
    const calls = content.flatMap((part) => (part.type === "toolUse" ? [part.callId] : []));
    const next = messages[at + 1]?.content ?? [];
    const results = next.flatMap((part) => (part.type === "toolResult" ? [part] : []));
    const isInOrder = calls.join() === results.map(({ callId }) => callId).join();
    const isBlank = results.some(({ content: said }) => said.trim() === "");
    return calls.length > 0 && (!isInOrder || isBlank) ? [`results of turn ${at}`] : [];
  });
}
