import { Run } from "@outlet/core/conversations/run";
import { Worker } from "@outlet/core/conversations/worker";
import { ModelError, type ModelEvent, type Table } from "@outlet/core/ports";
import { type Stack, startStack } from "@outlet/local/runtime/stack-fixture";
import { createPrng, type Prng } from "../faults/prng.ts";
import { type Edge, startEdge } from "./edge.ts";
import { readAll } from "./reader.ts";
import { type Dialect, dialects } from "./dialects.ts";
import type { Sse } from "./sse.ts";

export interface CutOptions {
  seed: string;
  /** Cuts at least, of all kinds together. */
  cuts: number;
  say: (line: string) => void;
}

export interface CutReport {
  runs: number;
  events: number;
  /** By kind. */
  cuts: Record<"reader gone" | "edge restarted" | "worker killed" | "attempt repeated", number>;
  /** Runs read on each of the faces. */
  faces: Record<keyof typeof dialects, number>;
  complaints: string[];
}

/** Runs of one round, each with a conversation and a reader of its own. */
const atOnce = 4;

/**
 * Streams answers while everything on the way breaks: readers go away in the middle of an event, the
 * edge restarts, workers die at any of their calls, models break off. What a reader has in the end is
 * held against the answer: each event once, none missing, the text the same byte for byte.
 */
export async function playCuts({ seed, cuts, say }: CutOptions): Promise<CutReport> {
  const report: CutReport = {
    runs: 0,
    events: 0,
    cuts: { "reader gone": 0, "edge restarted": 0, "worker killed": 0, "attempt repeated": 0 },
    faces: { native: 0, responses: 0 },
    complaints: [],
  };
  const total = () => Object.values(report.cuts).reduce((sum, count) => sum + count, 0);
  const stack = await startStack();
  const edge = await startEdge(stack.deps, stack.bot.botId);
  try {
    for (let round = 0; total() < cuts && report.complaints.length === 0; round++) {
      const runs = Array.from({ length: atOnce }, (_, i) =>
        playRun({ stack, edge, report, name: `${seed}/${round}/${i}` }),
      );
      await Promise.all(runs);
      if (round % 10 === 0) say(`  ${report.runs} runs, ${total()} cuts`);
    }
  } finally {
    await edge.close();
    await stack.stop();
  }
  return report;
}

interface Play {
  stack: Stack;
  edge: Edge;
  report: CutReport;
  name: string;
}

async function playRun({ stack, edge, report, name }: Play): Promise<void> {
  const prng = createPrng(name);
  const client = stack.client();
  const face = prng.chance(0.5) ? "native" : "responses";
  const dialect = dialects[face];
  const { conversationId, messageId, path } = await dialect.send(client, name);
  const source = { base: edge.url, path, dialect };
  const address = client.address(conversationId);
  const working = workUntilDone({ stack, report, prng: createPrng(`${name}/work`) }, address, name);
  const restarting = prng.chance(0.3) ? restart(edge, report, prng) : undefined;
  const { events, complaint } = await readAll(source, () => {
    if (!prng.chance(0.8)) return undefined;
    report.cuts["reader gone"] += 1;
    return prng.between(1, 700);
  });
  await Promise.all([working, restarting]);
  report.runs += 1;
  report.events += events.length;
  report.faces[face] += 1;
  report.cuts["attempt repeated"] += Math.max(
    0,
    events.filter((event) => dialect.begins(event)).length - 1,
  );
  if (complaint) report.complaints.push(`${name}: ${complaint}`);
  const run = await Run.fromId(stack.deps, address, messageId);
  const answer = (run?.answer ?? []).map((part) => ("body" in part ? part.body : "")).join("");
  const read = textIn(events, dialect);
  if (read !== answer) report.complaints.push(`${name}: read ${read} instead of ${answer}`);
  const again = await readAll(source, () => undefined);
  if (JSON.stringify(again.events) !== JSON.stringify(events)) {
    report.complaints.push(`${name}: another reader reads something else`);
  }
}

/** The answer's text, as a reader joins it: an attempt begins it anew. */
function textIn(events: readonly Sse[], dialect: Dialect): string {
  let text = "";
  for (const event of events) {
    if (dialect.begins(event)) text = "";
    text += dialect.textOf(event);
  }
  return text;
}

async function restart(edge: Edge, report: CutReport, prng: Prng): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, prng.between(5, 300)));
  report.cuts["edge restarted"] += 1;
  await edge.restart();
}

interface Work {
  stack: Stack;
  report: CutReport;
  prng: Prng;
}

/** Sends one worker after the other into a conversation, until nothing is open. */
async function workUntilDone(
  { stack, report, prng }: Work,
  address: Parameters<typeof Worker.work>[1],
  name: string,
): Promise<void> {
  const policy = { ...stack.deps.policy, ...hasty };
  for (let attempt = 0; ; attempt++) {
    const mortal = mortalTable(stack.table, prng.chance(0.4) ? prng.between(3, 25) : undefined);
    const model = { stream: () => speak(prng, `${name}#${attempt}`) };
    const deps = { ...stack.deps, table: mortal.table, model, policy };
    const work = Worker.work(deps, address, { deadline: Number.MAX_SAFE_INTEGER });
    const end = await Promise.race([work.then(() => "left" as const), mortal.died]);
    if (end === "died") report.cuts["worker killed"] += 1;
    const runs = await Run.listAll(stack.table, address);
    if (end === "left" && runs.every(({ status }) => Run.isTerminal(status))) return;
    await new Promise((resolve) => setTimeout(resolve, hasty.leaseMs / 4));
  }
}

/** Short against each other as the real times are. */
const hasty = {
  leaseMs: 400,
  heartbeatMs: 100,
  cancelPollMs: 50,
  attemptBackoffMs: 20,
  eventsEveryMs: 8,
  attemptsMax: 20,
};

/** A table whose process dies at its n-th call: before it, or after it was carried out. */
function mortalTable(table: Table, callsMax: number | undefined) {
  const { promise: died, resolve: die } = Promise.withResolvers<"died">();
  let calls = 0;
  const never = new Promise<never>(() => {});
  const mortal = async <T>(act: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (callsMax !== undefined && calls >= callsMax) {
      // Every other one has been carried out, and nobody was told.
      if (callsMax % 2 === 0 && calls === callsMax) await act();
      die("died");
      return never;
    }
    return act();
  };
  const wrapped: Table = {
    ...table,
    get: (key) => mortal(() => table.get(key)),
    put: (item, condition) => mortal(() => table.put(item, condition)),
    update: (key, change, condition) => mortal(() => table.update(key, change, condition)),
    remove: (key, condition) => mortal(() => table.remove(key, condition)),
    transact: (writes) => mortal(() => table.transact(writes)),
    query: (range) => mortal(() => table.query(range)),
  };
  return { table: wrapped, died };
}

const alphabet = [
  "Wort ",
  "שלום ",
  "你好",
  "👩‍👩‍👧 ",
  "e\u0301tude ",
  "\n\n",
  "data: x\n",
  "\ud83d",
  "\ude00",
  "🇩🇪",
];

/** Says something in any script, in pieces that end anywhere, and breaks off now and then. */
async function* speak(prng: Prng, name: string): AsyncGenerator<ModelEvent> {
  const words = prng.between(3, 25);
  const breaksAt = prng.chance(0.3) ? prng.below(words) : undefined;
  yield { type: "text", text: `${name}: ` };
  for (let word = 0; word < words; word++) {
    await new Promise((resolve) => setTimeout(resolve, prng.between(0, 15)));
    if (word === breaksAt) {
      throw new ModelError("model_stream_broken", true, "made to break off");
    }
    yield { type: "text", text: prng.pick(alphabet) };
  }
  yield { type: "stop", reason: "end_turn" };
  const none = { cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
  yield { type: "usage", usage: { inputTokens: 1, outputTokens: words, ...none } };
}
