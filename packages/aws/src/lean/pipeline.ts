import { connect, type Socket } from "node:net";
import type { Answer, Sent, Target } from "./exchange.ts";
import { NoAnswer } from "./service-error.ts";

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
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

  constructor(path: string) {
    this.#socket = connect(path);
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
      const late = () => this.destroy(new NoAnswer(`no answer within ${timeoutMs} ms`));
      const overdue = setTimeout(late, timeoutMs);
      const settle = <T>(end: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(overdue);
          end(value);
        };
      };
      this.#waiting.push({ resolve: settle(resolve), reject: settle(reject) });
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      this.#write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\n${lines.join("")}\r\n${body}`);
    });
  }

  /** What is sent in one turn of the event loop goes out together. */
  #write(text: string): void {
    this.#unsent.push(text);
    if (this.#unsent.length > 1) return;
    setImmediate(() => {
      const all = this.#unsent.join("");
      this.#unsent = [];
      if (this.isOpen) this.#socket.write(all);
    });
  }

  #take(chunk: Buffer): void {
    this.#read = this.#read.length === 0 ? chunk : Buffer.concat([this.#read, chunk]);
    for (;;) {
      const found = parse(this.#read);
      if (found === "more") return;
      if (found === "broken") return this.destroy(new NoAnswer("The answer is no HTTP."));
      this.#read = this.#read.subarray(found.length);
      this.#waiting.shift()?.resolve(found.answer);
    }
  }

  destroy(error: NoAnswer): void {
    this.isOpen = false;
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

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
