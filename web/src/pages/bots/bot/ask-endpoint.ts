import { ApiError } from "~/api/api-error.ts";
import { api, read } from "~/api/client.ts";
import { readEvents } from "~/api/events.ts";
import { type AskEvent, type Told, toolOf } from "./ask-draft.ts";
import { copy } from "./copy.ts";

interface Question {
  botId: string;
  endpoint: string;
  key: string;
  text: string;
  /** To go on with; a new conversation where absent. */
  conversationId: string | undefined;
}

interface Ids {
  conversationId: string;
  messageId: string;
}

interface EndpointEvent extends Partial<Ids> {
  text?: string;
  callId?: string;
  name?: string;
  status?: string;
  usage?: { inputTokens: number; outputTokens: number } | null;
  error?: { code: string; message: string } | null;
}

/**
 * Asks as any client would, with the key, and follows the answer as it is written; a stream that is
 * cut is gone on with. `onAccepted` tells what the message was accepted as.
 */
export async function* askEndpoint(
  question: Question,
  signal: AbortSignal,
  onAccepted: (ids: Ids) => void,
): AsyncGenerator<Told> {
  const { endpoint, key, text, conversationId, botId } = question;
  const startedAt = performance.now();
  const headers = { "x-api-key": key, accept: "text/event-stream" };
  const content = [{ contentType: "text", body: text }];
  let response = await call(`${endpoint}/conversation`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    signal,
    body: JSON.stringify({ ...(conversationId && { conversationId }), message: { content } }),
  });
  let ids: Ids | undefined;
  let lastId: string | undefined;
  for (;;) {
    for await (const { event, id, data } of readEvents(response)) {
      const raw = JSON.parse(data) as EndpointEvent;
      lastId = id ?? lastId;
      if (event === "accepted" && raw.conversationId && raw.messageId) {
        ids = { conversationId: raw.conversationId, messageId: raw.messageId };
        onAccepted(ids);
      }
      if (event !== "state") {
        yield { event: eventOf(event, raw), raw: { event, ...raw } };
        continue;
      }
      yield* ended(raw, performance.now() - startedAt, botId, ids);
      return;
    }
    if (!ids) throw new Error(copy.playground.brokeOff);
    response = await call(`${messageUrl(endpoint, ids)}/events`, {
      headers: { ...headers, ...(lastId !== undefined && { "last-event-id": lastId }) },
      signal,
    });
    if (response.status === 204) throw new Error(copy.playground.brokeOff);
  }
}

function eventOf(name: string, raw: EndpointEvent): AskEvent | undefined {
  if (name === "attempt") return { type: "restart" };
  if (name === "text") return { type: "text", text: raw.text ?? "" };
  if (name === "tool") return toolOf(raw);
  return undefined;
}

/** What the client is not told, passages and cost, the owner is. */
async function* ended(
  raw: EndpointEvent,
  ms: number,
  botId: string,
  ids: Ids | undefined,
): AsyncGenerator<Told> {
  const state = { event: "state", ...raw };
  if (raw.error) {
    const { code, message } = raw.error;
    yield { event: { type: "failed", code, message }, raw: state };
    return;
  }
  const run = ids && (await ownersView(botId, ids.messageId));
  const chunks = run?.usedChunks ?? [];
  const sources = chunks.map(({ source, content: text, place }) => ({ source, text, place }));
  yield { event: { type: "sources", sources }, raw: state };
  const { inputTokens = 0, outputTokens = 0 } = raw.usage ?? {};
  const costMicroUsd = run?.costMicroUsd ?? null;
  yield {
    event: { type: "done", ms, tokens: inputTokens + outputTokens, costMicroUsd },
    raw: run,
  };
}

/** Nice to have beside an answer, never a reason to lose it. */
const ownersView = (botId: string, runId: string) =>
  read(api.bots[":botId"].publication.runs[":runId"].$get({ param: { botId, runId } })).catch(
    () => undefined,
  );

/** What is being answered, broken off. */
export const cancelAtEndpoint = (endpoint: string, key: string, ids: Ids): Promise<unknown> =>
  call(`${messageUrl(endpoint, ids)}/cancel`, { method: "POST", headers: { "x-api-key": key } });

const messageUrl = (endpoint: string, { conversationId, messageId }: Ids): string =>
  `${endpoint}/conversation/${encodeURIComponent(conversationId)}/${messageId}`;

async function call(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: "omit" });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    const message = copy.playground.unreachable;
    throw new ApiError({ message, status: 0, code: "endpoint_unreachable", requestId: null });
  }
  if (response.ok) return response;
  const { status } = response;
  const body = (await response.json().catch(() => ({}))) as {
    detail?: string;
    message?: string;
    requestId?: string;
    error?: { code?: string };
  };
  const said = body.detail ?? body.message ?? "";
  throw new ApiError({
    message: [
      `${status}${said ? `: ${said}` : ""}.`.replace("..", "."),
      copy.playground.statuses[status],
    ]
      .filter(Boolean)
      .join(" "),
    status,
    code: body.error?.code ?? "endpoint_refused",
    requestId: body.requestId ?? response.headers.get("x-amzn-requestid"),
  });
}
