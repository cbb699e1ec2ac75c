import * as v from "valibot";
import { Bot } from "../../bots/bot/index.ts";
import { Tools } from "../../bots/tools/index.ts";
import { ModelCatalog } from "../../models/catalog/index.ts";
import { type Model, silentLog, systemClock, type Tool } from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Answering } from "./index.ts";

export interface Asked {
  model: Model;
  /** What each tool of the bot opens, by its id. */
  offered: Record<string, Tool[]>;
  /** Told of each tool that is opened. */
  opened?: (toolId: string) => void;
  tools: Partial<Bot.Info["tools"]>;
  steps?: Answering.Subject["steps"];
  spentMs?: number;
  signal?: AbortSignal | undefined;
  reasoning?: boolean | undefined;
}

const limits = v.parse(Tools.Limits, {});
const setting: Tools.Setting = {
  kind: "http",
  title: "",
  baseUrl: "https://a.test",
  hosts: [],
  operations: [],
};

/** For tests: the answer of a bot with tools, and the events on the way to it. */
export async function answered(asked: Asked) {
  const table = createMemoryTable();
  for (const toolId of Object.keys(asked.offered)) {
    await Tools.put(table, { botId: "B", toolId, setting, limits, createdAt: 1, updatedAt: 1 });
  }
  const bot = v.parse(Bot.Info, {
    botId: "B",
    ownerId: "O",
    title: "T",
    description: "",
    instruction: "",
    model: "claude-v4.5-haiku",
    callerModels: [],
    generation: {},
    scope: "all",
    allowedUsers: [],
    allowedGroups: [],
    syncStatus: "SUCCEEDED",
    showSources: false,
    tools: asked.tools,
    createdAt: 1,
    updatedAt: 1,
  });
  const deps: Answering.Deps = {
    table,
    objects: { put: unused, get: unused, getRange: unused, remove: unused },
    retriever: { search: async () => ({ engine: "lexical", passages: [] }) },
    catalog: ModelCatalog.createCatalog(["claude-v4.5-haiku"]),
    clock: systemClock,
    randomness: { fraction: () => 0, bytes: (size) => new Uint8Array(size) },
    log: silentLog,
    policy: {
      modelTriesMax: 1,
      backoffMs: 0,
      backoffMaxMs: 0,
      throttledMaxMs: 0,
      runTimeMaxMs: 60_000,
    },
    remoteTools: {
      async open({ toolId }) {
        asked.opened?.(toolId);
        return asked.offered[toolId] ?? [];
      },
    },
    model: asked.model,
  };
  const draft = Answering.emptyDraft();
  const subject: Answering.Subject = {
    bot,
    requestedModel: null,
    runId: "R",
    keyId: "K",
    query: "Do it.",
    reasoning: asked.reasoning ?? false,
    ...(asked.steps && { steps: asked.steps }),
    spentMs: asked.spentMs ?? 0,
    pay: (paid) => Answering.pay(draft, paid),
    readMessages: async () => ({
      question: [{ type: "text", text: "Do it." }],
      history: [],
      developer: [],
    }),
  };
  const answering = Answering.answer(deps, subject, asked.signal ?? new AbortController().signal);
  for (;;) {
    const next = await answering.next();
    if (next.done) return { outcome: next.value, draft };
    Answering.note(draft, next.value, 1);
  }
}

async function unused(): Promise<never> {
  throw new Error("Nobody needs it here.");
}
