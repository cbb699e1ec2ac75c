import { createRoot, createSignal } from "solid-js";
import { createStore, produce } from "solid-js/store";
import type { Passage } from "~/page-parts/passages/passages.tsx";
import { rememberQuestion } from "../known-question.ts";
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

/** Where answers come from, as chosen on a page of a bot; kept as the turns are. */
const [modes, setModes] = createSignal<ReadonlyMap<string, Mode>>(new Map());
const placeOf = (botId: string, offered: Mode): string => `${botId} ${offered}`;

/** @param offered what that page asks to begin with. */
export const modeOf = (botId: string, offered: Mode): Mode =>
  modes().get(placeOf(botId, offered)) ?? offered;

export const chooseMode = (botId: string, offered: Mode, mode: Mode): void => {
  setModes(new Map(modes()).set(placeOf(botId, offered), mode));
};

function create(botId: string) {
  const [turns, setTurns] = createStore<Turn[]>([]);
  const [question, setQuestion] = createSignal("");
  const [asking, setAsking] = createSignal<AbortController>();
  const [error, setError] = createSignal<unknown>();
  const [conversationId, setConversationId] = createSignal<string>();
  /** Of a key that was typed in: in memory only, as those that were made here. */
  const [typedKey, setTypedKey] = createSignal("");

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
    typedKey,
    setTypedKey,
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
