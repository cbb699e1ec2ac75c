import { createRoot, createSignal } from "solid-js";
import { createStore, produce } from "solid-js/store";
import type { Passage } from "~/page-parts/passages/passages.tsx";
import type { AskEvent, Told } from "./ask-draft.ts";

export type Mode = "draft" | "published";

export interface Turn {
  question: string;
  answer: string;
  passages: Passage[];
  tools: { callId: string; name: string; status: string }[];
  /** What it took; only of a whole answer. */
  took: { ms: number; tokens: number; costMicroUsd: number | null } | null;
  raw: unknown[];
}

const newTurn = (question: string): Turn => ({
  question,
  answer: "",
  passages: [],
  tools: [],
  took: null,
  raw: [],
});

export type Playground = ReturnType<typeof create>;

/** One for each bot and mode, kept while one moves between pages; gone with the page. */
const kept = new Map<string, Playground>();

export function playgroundOf(botId: string, mode: Mode): Playground {
  const name = `${botId} ${mode}`;
  const found = kept.get(name) ?? createRoot(() => create(botId));
  kept.set(name, found);
  return found;
}

function create(botId: string) {
  const [turns, setTurns] = createStore<Turn[]>([]);
  const [question, setQuestion] = createSignal("");
  const [asking, setAsking] = createSignal<AbortController>();
  const [error, setError] = createSignal<unknown>();
  const [conversationId, setConversationId] = createSignal<string>();

  const change = (act: (turn: Turn) => void) =>
    setTurns(
      produce((all) => {
        const last = all.at(-1);
        if (last) act(last);
      }),
    );

  /** @param asked tells of the answer; what it throws is shown, and the question given back. */
  async function ask(asked: (text: string, signal: AbortSignal) => AsyncIterable<Told>) {
    const text = question().trim();
    if (text === "" || asking()) return;
    const controller = new AbortController();
    setError(undefined);
    setQuestion("");
    setAsking(controller);
    setTurns(produce((all) => void all.push(newTurn(text))));
    try {
      for await (const { event, raw } of asked(text, controller.signal)) {
        change((turn) => {
          if (raw !== undefined) turn.raw.push(raw);
          if (event) apply(turn, event);
        });
        if (event?.type === "failed") throw new Error(event.message);
      }
      rememberQuestion(botId, text);
    } catch (cause) {
      const isStopped = controller.signal.aborted;
      if (!isStopped) setError(cause);
      if (turns.at(-1)?.answer === "") {
        setTurns((all) => all.slice(0, -1));
        setQuestion(text);
      }
    } finally {
      setAsking(undefined);
    }
  }

  return {
    turns,
    question,
    setQuestion,
    asking,
    error,
    conversationId,
    setConversationId,
    ask,
    stop: () => asking()?.abort(),
    clear() {
      asking()?.abort();
      setTurns([]);
      setError(undefined);
      setConversationId(undefined);
    },
  };
}

function apply(turn: Turn, event: AskEvent): void {
  switch (event.type) {
    case "sources":
      turn.passages = event.sources;
      break;
    case "text":
      turn.answer += event.text;
      break;
    case "restart":
      turn.answer = "";
      break;
    case "tool": {
      const { callId, name, status } = event;
      const known = turn.tools.find((tool) => tool.callId === callId);
      if (known) known.status = status;
      else turn.tools.push({ callId, name, status });
      break;
    }
    case "done":
      turn.took = { ms: event.ms, tokens: event.tokens, costMicroUsd: event.costMicroUsd };
      break;
    case "failed":
      break;
  }
}

/** What the bot has answered before it will answer again: snippets ask that. */
const questionName = (botId: string) => `outlet.question.${botId}`;
const questionMax = 300;

function rememberQuestion(botId: string, text: string): void {
  if (text.length <= questionMax) localStorage.setItem(questionName(botId), text);
}

export const lastQuestion = (botId: string): string | null =>
  localStorage.getItem(questionName(botId));
