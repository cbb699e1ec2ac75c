import type { Readable } from "node:stream";
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
  /** Without its length, which whoever sends it adds. */
  headers: Record<string, string>;
  body: string;
  /** From having a connection to the last byte of the answer. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** An answer whose body is still to come. */
export interface Opened {
  status: number;
  headers: Answer["headers"];
  /** In pieces; whoever leaves it before its end closes the connection. */
  body: Readable;
}

/** Where POST requests go, over connections that are kept. */
export interface Target {
  /** As it is signed, with its port where it has one. */
  host: string;
  /** @throws NoAnswer; what the signal was aborted with. */
  post(sent: Sent): Promise<Answer>;
  close(): void;
}

/** The same for answers that come in pieces and take as long as they take. */
export interface StreamTarget {
  host: string;
  /** @throws NoAnswer; what the signal was aborted with. */
  open(sent: Omit<Sent, "timeoutMs">): Promise<Opened>;
  close(): void;
}

/**
 * @param endpoint a URL, or a Unix socket (`unix-endpoint.ts`).
 * @param maxSockets connections at once; further requests wait for one.
 */
export function createTarget(endpoint: string, maxSockets: number): Target {
  const { request, host, close } = dial(endpoint, maxSockets);
  return {
    host,
    close,
    post: ({ path, headers, body, timeoutMs, signal }) =>
      new Promise((resolve, reject) => {
        const req = request(path, headers);
        const giveUp = (ms: number, what: string) => () =>
          req.destroy(new NoAnswer(`${what} within ${ms} ms`));
        let overdue = setTimeout(giveUp(turnMaxMs, "no turn"), turnMaxMs);
        const abort = () => req.destroy(new Error("The caller gave up."));
        signal?.addEventListener("abort", abort, { once: true });
        const settle = () => {
          clearTimeout(overdue);
          signal?.removeEventListener("abort", abort);
        };
        const fail = (cause: Error) => {
          settle();
          if (signal?.aborted) reject(signal.reason);
          else reject(cause instanceof NoAnswer ? cause : noAnswer(cause));
        };
        req.on("error", fail);
        req.on("socket", () => {
          clearTimeout(overdue);
          overdue = setTimeout(giveUp(timeoutMs, "no answer"), timeoutMs);
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

/**
 * @param endpoint see {@link createTarget}; each answer that is under way holds a connection.
 */
export function createStreamTarget(endpoint: string): StreamTarget {
  const { request, host, close } = dial(endpoint, Number.POSITIVE_INFINITY);
  const open: StreamTarget["open"] = ({ path, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const req = request(path, headers);
      let answer: Readable | undefined;
      const abort = () => (answer ?? req).destroy(new Error("The caller gave up."));
      signal?.addEventListener("abort", abort, { once: true });
      req.once("close", () => signal?.removeEventListener("abort", abort));
      req.on("error", (cause: NodeJS.ErrnoException) => {
        if (signal?.aborted) reject(signal.reason);
        // A kept connection that had ended by then: nothing of the request has been answered.
        else if (req.reusedSocket && !answer && isReset(cause)) {
          resolve(open({ path, headers, body, signal }));
        } else reject(cause instanceof NoAnswer ? cause : noAnswer(cause));
      });
      req.on("response", (res) => {
        answer = res;
        // Whoever reads it is told; in between nobody listens.
        res.on("error", () => {});
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: res });
      });
      if (signal?.aborted) abort();
      req.end(body);
    });
  return { host, open, close };
}

/** How an endpoint is reached. */
function dial(endpoint: string, maxSockets: number) {
  const socketPath = socketPathOf(endpoint);
  const url = new URL(socketPath === undefined ? endpoint : "http://localhost");
  const isSecure = url.protocol === "https:";
  let made: ReturnType<typeof createSender> | undefined;
  const sender = () => (made ??= createSender(isSecure, maxSockets));
  // A turn behind the files of a function that starts; Lambda asks for its first event after that.
  setImmediate(sender);
  const options = {
    method: "POST",
    ...(socketPath === undefined
      ? { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: url.port || undefined }
      : { socketPath }),
  };
  const connected = isSecure ? "secureConnect" : "connect";
  /** Given up where a connection has to be made for it and that takes too long. */
  const request = (path: string, headers: Record<string, string>) => {
    const { agent, send } = sender();
    const req = send({ ...options, agent, path, headers });
    req.once("socket", (socket) => {
      if (!socket.connecting) return;
      const late = () => req.destroy(new NoAnswer(`no connection within ${connectTimeoutMs} ms`));
      const connecting = setTimeout(late, connectTimeoutMs);
      socket.once(connected, () => clearTimeout(connecting));
      req.once("close", () => clearTimeout(connecting));
    });
    return req;
  };
  return { request, host: url.host, close: () => made?.agent.destroy() };
}

function createSender(isSecure: boolean, maxSockets: number) {
  // Not by import, which reads every property of Node's module: one of `http` loads undici whole, and
  // took 30 ms of each cold start.
  const { Agent, request } = process.getBuiltinModule(isSecure ? "node:https" : "node:http");
  return { send: request, agent: new Agent({ keepAlive: true, maxSockets }) };
}

const isReset = ({ code = "" }: NodeJS.ErrnoException) => ["ECONNRESET", "EPIPE"].includes(code);

const noAnswer = (cause: NodeJS.ErrnoException): NoAnswer => {
  const code = cause.code ? `${cause.code}: ` : "";
  return new NoAnswer(`${code}${cause.message}`, { cause });
};
