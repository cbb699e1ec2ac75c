import type { Socket } from "node:net";
import { nodeNet } from "@outlet/core/ports";
import type { Answer, Sent, Target } from "./exchange.ts";
import { NoAnswer } from "./service-error.ts";

/** Requests that wait for each other: behind more, the service would stand still meanwhile. */
const togetherMax = 8;

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
  timeoutMs: number;
  /** By the process's own clock. */
  dueAt: number;
}

/**
 * Requests one after the other on one connection to a Unix socket, each without waiting for the
 * answer before it (RFC 9112 §9.3.2): where both ends are on one machine, most of a call's time goes
 * into waking each other, and so one waking serves many. Not for what keeps an answer waiting.
 */
export function createPipeline(path: string): Target {
  let open: Connection | undefined;
  return {
    host: "localhost",
    close: () => open?.destroy(new NoAnswer("The client was closed.")),
    post(sent) {
      if (!open?.isOpen) open = new Connection(path);
      return open.post(sent);
    },
  };
}

class Connection {
  isOpen = true;
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #read: Buffer = Buffer.alloc(0);
  #unsent: string[] = [];
  #watcher: NodeJS.Timeout | undefined;
  #watchedTo = Number.POSITIVE_INFINITY;

  constructor(path: string) {
    this.#socket = nodeNet().connect(path);
    this.#socket.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#socket.on("error", (cause: NodeJS.ErrnoException) =>
      this.destroy(new NoAnswer(`${cause.code ?? ""}: ${cause.message}`, { cause })),
    );
    this.#socket.on("close", () => this.destroy(new NoAnswer("The connection was closed.")));
    // It alone keeps no process alive.
    this.#socket.unref();
  }

  post({ path, headers, body, timeoutMs, signal }: Sent): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const dueAt = performance.now() + timeoutMs;
      this.#waiting.push({ resolve, reject, timeoutMs, dueAt });
      this.#watch(dueAt);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      const length = `content-length: ${Buffer.byteLength(body)}`;
      const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\n${linesOf(headers)}${length}`;
      this.#write(`${head}\r\n\r\n${body}`);
    });
  }

  /** One timer looks after all: one for each call would be made and taken away thousands of times. */
  #watch(dueAt: number): void {
    if (this.#watchedTo <= dueAt) return void this.#watcher?.ref();
    clearTimeout(this.#watcher);
    this.#watchedTo = dueAt;
    this.#watcher = setTimeout(() => this.#look(), dueAt - performance.now());
  }

  #look(): void {
    this.#watchedTo = Number.POSITIVE_INFINITY;
    const now = performance.now();
    const late = this.#waiting.find(({ dueAt }) => dueAt <= now);
    if (late) return this.destroy(new NoAnswer(`no answer within ${late.timeoutMs} ms`));
    if (this.#waiting.length > 0) {
      this.#watch(this.#waiting.reduce((least, { dueAt }) => Math.min(least, dueAt), Infinity));
    }
  }

  /** What is sent in one turn of the event loop goes out together, though not all of a long one. */
  #write(text: string): void {
    this.#unsent.push(text);
    if (this.#unsent.length >= togetherMax) this.#send();
    else if (this.#unsent.length === 1) setImmediate(() => this.#send());
  }

  #send(): void {
    if (this.#unsent.length === 0) return;
    const all = this.#unsent.join("");
    this.#unsent = [];
    if (this.isOpen) this.#socket.write(all);
  }

  #take(chunk: Buffer): void {
    this.#read = this.#read.length === 0 ? chunk : Buffer.concat([this.#read, chunk]);
    for (;;) {
      const found = parse(this.#read);
      if (found === "more") return;
      if (found === "broken") return this.destroy(new NoAnswer("The answer is no HTTP."));
      this.#read = this.#read.subarray(found.length);
      this.#waiting.shift()?.resolve(found.answer);
      // Whoever waits keeps the process going, and nobody does any more.
      if (this.#waiting.length === 0) this.#watcher?.unref();
    }
  }

  destroy(error: NoAnswer): void {
    this.isOpen = false;
    clearTimeout(this.#watcher);
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** The headers of a call, which are mostly those of one before. */
function linesOf(headers: Record<string, string>): string {
  const known = lines.get(headers);
  if (known !== undefined) return known;
  let text = "";
  for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
  lines.set(headers, text);
  return text;
}
const lines = new WeakMap<object, string>();

const headEnd = Buffer.from("\r\n\r\n");

/** The first answer in what was read: its head, and a body of the length that it names. */
function parse(read: Buffer): { answer: Answer; length: number } | "more" | "broken" {
  const end = read.indexOf(headEnd);
  if (end < 0) return "more";
  const head = read.toString("latin1", 0, end);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (status === undefined || length === undefined) return "broken";
  const begin = end + headEnd.length;
  const whole = begin + Number(length);
  if (read.length < whole) return "more";
  const body = read.toString("utf8", begin, whole);
  return { answer: { status: Number(status), headers: {}, body }, length: whole };
}
