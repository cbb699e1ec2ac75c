import { ApiError } from "~/api/api-error.ts";
import { isRunStatus, type RunStatus } from "~/page-parts/status/status.ts";
import { copy } from "./copy.ts";

type CallEvent = { type: "state"; state: RunStatus } | { type: "answer"; text: string };

interface Sent {
  conversationId: string;
  messageId: string;
  status: string;
}

/** Asks as any client would: sends the message, then holds a request until the answer is there. */
export async function* callEndpoint(
  endpoint: string,
  key: string,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<CallEvent> {
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const response = await call(`${endpoint}/conversation`, {
    method: "POST",
    headers,
    signal,
    body: JSON.stringify({ message: { content: [{ contentType: "text", body: text }] } }),
  });
  const sent = (await response.json()) as Sent;
  yield { type: "state", state: stateOf(sent.status) };
  const url = `${endpoint}/conversation/${encodeURIComponent(sent.conversationId)}/${sent.messageId}`;
  for (;;) {
    const reply = await call(`${url}?wait=5`, { headers, signal });
    const body = (await reply.json()) as {
      status?: string;
      message?: { content: { body?: string }[] };
    };
    if (reply.status !== 202) {
      const parts = body.message?.content ?? [];
      yield { type: "answer", text: parts.map((part) => part.body ?? "").join("\n") };
      return;
    }
    yield { type: "state", state: stateOf(body.status) };
  }
}

/** A state that this console does not know yet is one of waiting too. */
const stateOf = (status: string | undefined): RunStatus =>
  isRunStatus(status) ? status : "queued";

async function call(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: "omit" });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    const message = copy.tryIt.unreachable;
    throw new ApiError({ message, status: 0, code: "endpoint_unreachable", requestId: null });
  }
  if (response.ok) return response;
  const { status } = response;
  const body = (await response.json().catch(() => ({}))) as {
    detail?: string;
    message?: string;
    requestId?: string;
  };
  const said = body.detail ?? body.message ?? "";
  throw new ApiError({
    message: [
      `${status}${said ? `: ${said}` : ""}.`.replace("..", "."),
      copy.tryIt.statuses[status],
    ]
      .filter(Boolean)
      .join(" "),
    status,
    code: "endpoint_refused",
    requestId: body.requestId ?? response.headers.get("x-request-id"),
  });
}
