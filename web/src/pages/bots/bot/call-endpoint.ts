import { ApiError } from "~/api/api-error.ts";
import { readEvents } from "~/api/events.ts";
import { isRunStatus, type RunStatus } from "~/page-parts/status/status.ts";
import { copy } from "./copy.ts";

type CallEvent =
  | { type: "state"; state: RunStatus }
  /** What has been said so far. */
  | { type: "text"; text: string }
  | { type: "ended"; state: RunStatus; problem: string | null };

/** What an event of the stream holds, as far as it is looked at here (docs/published-api.md). */
interface Data {
  conversationId?: string;
  messageId?: string;
  status?: string;
  text?: string;
  error?: { message?: string } | null;
}

/** A call to an endpoint with a key, as any client would make it. */
export interface Call {
  endpoint: string;
  key: string;
  text: string;
  signal: AbortSignal;
}

/** Why a call is broken off where its run is to be cancelled, too; whoever only leaves cancels nothing. */
export const stopped = "stopped";

/** Sends a message and hands on what is said as it is said. */
export async function* callEndpoint({
  endpoint,
  key,
  text,
  signal,
}: Call): AsyncGenerator<CallEvent> {
  const headers = { "x-api-key": key };
  let response = await call(`${endpoint}/conversation`, {
    method: "POST",
    headers: { ...headers, accept: "text/event-stream", "content-type": "application/json" },
    signal,
    body: JSON.stringify({ message: { content: [{ contentType: "text", body: text }] } }),
  });
  let run: string | undefined;
  let last: string | undefined;
  let said = "";
  const cancel = () => {
    if (signal.reason === stopped && run)
      void fetch(`${run}/cancel`, { method: "POST", headers, keepalive: true });
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for (;;) {
      for await (const { event, id, data } of readEvents(response)) {
        last = id ?? last;
        const told = JSON.parse(data) as Data;
        if (event === "accepted") {
          const conversation = encodeURIComponent(told.conversationId ?? "");
          run = `${endpoint}/conversation/${conversation}/${told.messageId}`;
          if (signal.aborted) cancel();
          yield { type: "state", state: stateOf(told.status) };
        } else if (event === "attempt") {
          said = "";
          yield { type: "state", state: "in_progress" };
        } else if (event === "text") {
          said += told.text ?? "";
          yield { type: "text", text: said };
        } else if (event === "state") {
          const problem = told.error?.message ?? null;
          yield { type: "ended", state: stateOf(told.status), problem };
          return;
        }
      }
      if (!run) return;
      // The connection ended before the run did: the rest is asked for.
      response = await call(`${run}/events`, {
        headers: { ...headers, ...(last === undefined ? {} : { "last-event-id": last }) },
        signal,
      });
      if (response.status === 204) return;
    }
  } finally {
    signal.removeEventListener("abort", cancel);
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
