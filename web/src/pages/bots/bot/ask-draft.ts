import { authorizedFetch, requireGood } from "~/api/client.ts";
import { readEvents } from "~/api/events.ts";
import type { Passage } from "~/page-parts/passages/passages.tsx";
import { apiOrigin } from "~/session/session.ts";

/** What is told of a question while it is answered, by the draft or by the endpoint. */
export type AskEvent =
  | { type: "sources"; sources: Passage[] }
  | { type: "text"; text: string }
  /** The answer begins anew: what came before is void. */
  | { type: "restart" }
  | { type: "tool"; callId: string; name: string; status: string }
  | { type: "done"; ms: number; tokens: number; costMicroUsd: number | null }
  | { type: "failed"; code: string; message: string };

export interface Told {
  event: AskEvent | undefined;
  /** As it came. */
  raw: unknown;
}

interface DraftEvent {
  type: string;
  sources?: Passage[];
  text?: string;
  callId?: string;
  name?: string;
  status?: string;
  usage?: { inputTokens: number; outputTokens: number };
  costMicroUsd?: number;
  ms?: number;
  code?: string;
  message?: string;
}

/** Asks the bot as it is saved now, and hands on what it says as it says it. */
export async function* askDraft(
  botId: string,
  messages: { role: "user" | "assistant"; text: string }[],
  signal: AbortSignal,
): AsyncGenerator<Told> {
  const response = await authorizedFetch(`${apiOrigin}/api/bots/${botId}/test`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages }),
    signal,
  });
  await requireGood(response);
  for await (const { data } of readEvents(response)) {
    const raw = JSON.parse(data) as DraftEvent;
    yield { event: eventOf(raw), raw };
  }
}

function eventOf(raw: DraftEvent): AskEvent | undefined {
  switch (raw.type) {
    case "sources":
      return { type: "sources", sources: raw.sources ?? [] };
    case "text":
      return { type: "text", text: raw.text ?? "" };
    case "restart":
      return { type: "restart" };
    case "tool":
      return toolOf(raw);
    case "done": {
      const { inputTokens = 0, outputTokens = 0 } = raw.usage ?? {};
      const tokens = inputTokens + outputTokens;
      return { type: "done", ms: raw.ms ?? 0, tokens, costMicroUsd: raw.costMicroUsd ?? null };
    }
    case "failed":
      return { type: "failed", code: raw.code ?? "", message: raw.message ?? "" };
    // What a newer API tells beside is in the raw events.
    default:
      return undefined;
  }
}

export const toolOf = (raw: {
  callId?: string;
  name?: string;
  status?: string;
}): Extract<AskEvent, { type: "tool" }> => ({
  type: "tool",
  callId: raw.callId ?? "",
  name: raw.name ?? "",
  status: raw.status ?? "",
});
