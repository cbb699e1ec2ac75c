/** What became of one message, as its client saw it. */
export interface Sent {
  conversationId: string;
  /** Place in its conversation, from 0. */
  place: number;
  runId: string;
  /** The answer as first read, or why there is none. */
  outcome: string | undefined;
  status: "pending" | "completed" | "failed";
}

/** Where the runtime can be reached now; `undefined` while it is being restarted. */
export type Where = () => { endpoint: string; apiKey: string } | undefined;

export interface Client {
  readonly sent: readonly Sent[];
  /** Anything a client must never see. */
  readonly complaints: readonly string[];
  /** Sends no more, and resolves once what is under way has been acknowledged. */
  stop(): Promise<void>;
}

/** Messages of one conversation that may wait at once. */
const openMax = 3;

/**
 * A client that talks in one conversation: sends message after message, each again with the same
 * idempotency key until it is acknowledged, and reads the answers.
 */
export function startClient(conversationId: string, where: Where, paceMs: number): Client {
  const sent: Sent[] = [];
  const complaints: string[] = [];
  let stopping = false;
  const done = Promise.all([talk(), listen()]);

  async function talk(): Promise<void> {
    while (!stopping) {
      if (sent.filter(({ status }) => status === "pending").length < openMax) await send();
      await pause(paceMs);
    }
  }

  /** Waits for one answer after the other: few requests, for the bot has a daily quota. */
  async function listen(): Promise<void> {
    while (!stopping) {
      const first = sent.find(({ status }) => status === "pending");
      if (first) await read(where, first, complaints, 2);
      if (first?.status !== "completed") await pause(paceMs);
    }
  }

  async function send(): Promise<void> {
    const place = sent.length;
    const text = `What is message ${place} of ${conversationId} about?`;
    const body = JSON.stringify({
      conversationId,
      message: { content: [{ contentType: "text", body: text }] },
    });
    for (;;) {
      const reply = await call(where, "", {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          "idempotency-key": `${conversationId}-${place}`,
        },
      });
      if (reply?.status === 200) {
        const { messageId } = JSON.parse(reply.body) as { messageId: string };
        sent.push({
          conversationId,
          place,
          runId: messageId,
          outcome: undefined,
          status: "pending",
        });
        return;
      }
      if (reply && reply.status < 500 && reply.status !== 429) {
        complaints.push(`POST answered ${reply.status}: ${reply.body}`);
      }
      await pause(30);
    }
  }

  return {
    sent,
    complaints,
    async stop() {
      stopping = true;
      await done;
    },
  };
}

/** Reads one answer, if it is there; what was acknowledged must be found, and must not change. */
export async function read(
  where: Where,
  message: Sent,
  complaints: string[],
  waitSeconds: number,
): Promise<void> {
  const path = `/${message.conversationId}/${message.runId}?wait=${waitSeconds}`;
  const reply = await call(where, path, {});
  if (!reply || reply.status === 202 || reply.status === 429) return;
  const isAnswer = reply.status === 200;
  // Of our own API: an answer, or a problem document.
  const said = JSON.parse(reply.body) as Reply;
  const code = said.error?.code ?? "";
  // The runtime may be going down: that says nothing of the run.
  if (!isAnswer && !endings.has(code)) {
    if (reply.status < 500) complaints.push(`${message.runId} answered ${reply.status} ${code}`);
    return;
  }
  const outcome = isAnswer ? JSON.stringify(said.message?.content) : code;
  if (message.outcome !== undefined && message.outcome !== outcome) {
    complaints.push(`${message.runId} changed from ${message.outcome} to ${outcome}`);
  }
  message.outcome = outcome;
  message.status = isAnswer ? "completed" : "failed";
}

interface Reply {
  message?: { content: unknown };
  error?: { code: string };
}

/** Why a run may fail. */
const endings = new Set([
  "worker_lost",
  "model_error",
  "run_timeout",
  "internal_error",
  "run_cancelled",
]);

/** @returns `undefined` where nobody answered. */
export async function call(
  where: Where,
  path: string,
  { headers, ...init }: Omit<RequestInit, "headers"> & { headers?: Record<string, string> },
): Promise<{ status: number; body: string } | undefined> {
  const at = where();
  if (!at) return undefined;
  try {
    const response = await fetch(`${at.endpoint}/conversation${path}`, {
      ...init,
      headers: { ...headers, "x-api-key": at.apiKey },
      signal: AbortSignal.timeout(5_000),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    // Refused, reset or cut off: the runtime has been killed.
    if (error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
