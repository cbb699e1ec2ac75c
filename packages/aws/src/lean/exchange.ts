import { socketPathOf } from "../unix-endpoint.ts";
import { NoAnswer } from "./service-error.ts";

/**
 * How long a request may wait for one of our own connections. That is our own crowd and not the
 * service's silence: sent again, it would only make the crowd larger.
 */
const turnMaxMs = 30_000;
/** Characters of an answer: no service that is called answers with half as many. */
const answerMax = 64 * 1024 * 1024;

/** How long a connection may take to be made; the SDK's clients wait as long. */
const connectTimeoutMs = 900;

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface Sent {
  path: string;
  headers: Record<string, string>;
  body: string;
  /** From having a connection to the last byte of the answer. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Where POST requests go, over connections that are kept. */
export interface Target {
  /** As it is signed, with its port where it has one. */
  host: string;
  /** @throws NoAnswer; what the signal was aborted with. */
  post(sent: Sent): Promise<Answer>;
  close(): void;
}

/**
 * @param endpoint a URL, or a Unix socket (`unix-endpoint.ts`).
 * @param maxSockets connections at once; further requests wait for one.
 */
export function createTarget(endpoint: string, maxSockets: number): Target {
  const socketPath = socketPathOf(endpoint);
  const url = new URL(socketPath === undefined ? endpoint : "http://localhost");
  const isSecure = url.protocol === "https:";
  // Not by import, which reads every property of Node's module: one of `http` loads undici whole, and
  // took 30 ms of each cold start.
  const { Agent, request } = process.getBuiltinModule(isSecure ? "node:https" : "node:http");
  const agent = new Agent({ keepAlive: true, maxSockets });
  const options = {
    agent,
    method: "POST",
    ...(socketPath === undefined
      ? { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: url.port || undefined }
      : { socketPath }),
  };
  return {
    host: url.host,
    close: () => agent.destroy(),
    post: ({ path, headers, body, timeoutMs, signal }) =>
      new Promise((resolve, reject) => {
        const req = request({ ...options, path, headers });
        const giveUp = (ms: number, what: string) => () =>
          req.destroy(new NoAnswer(`${what} within ${ms} ms`));
        let overdue = setTimeout(giveUp(turnMaxMs, "no turn"), turnMaxMs);
        let connecting: NodeJS.Timeout | undefined;
        const abort = () => req.destroy(new Error("The caller gave up."));
        signal?.addEventListener("abort", abort, { once: true });
        const settle = () => {
          clearTimeout(overdue);
          clearTimeout(connecting);
          signal?.removeEventListener("abort", abort);
        };
        const fail = (cause: Error) => {
          settle();
          if (signal?.aborted) reject(signal.reason);
          else reject(cause instanceof NoAnswer ? cause : noAnswer(cause));
        };
        req.on("error", fail);
        req.on("socket", (socket) => {
          clearTimeout(overdue);
          overdue = setTimeout(giveUp(timeoutMs, "no answer"), timeoutMs);
          if (!socket.connecting) return;
          const limit = giveUp(connectTimeoutMs, "no connection");
          connecting = setTimeout(limit, connectTimeoutMs);
          const event = isSecure ? "secureConnect" : "connect";
          socket.once(event, () => clearTimeout(connecting));
        });
        req.on("response", (res) => {
          let text = "";
          res.setEncoding("utf8");
          res.on("data", (chunk: string) => {
            text += chunk;
            if (text.length > answerMax) req.destroy(new Error("The answer has no end."));
          });
          res.on("error", fail);
          res.on("end", () => {
            settle();
            resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text });
          });
        });
        if (signal?.aborted) abort();
        req.end(body);
      }),
  };
}

const noAnswer = (cause: NodeJS.ErrnoException): NoAnswer => {
  const code = cause.code ? `${cause.code}: ` : "";
  return new NoAnswer(`${code}${cause.message}`, { cause });
};
