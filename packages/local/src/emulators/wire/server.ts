import { STATUS_CODES } from "node:http";
import { createServer, type Socket } from "node:net";
import { listen } from "../emulator.ts";
import { RequestReader, type WireRequest } from "./requests.ts";

export interface Reply {
  status: number;
  /** JSON. */
  body: string;
  /** Further lines of the head, each with its end. */
  head?: string;
}

/** What is served: operations that share their way to the disk. */
export interface Service {
  /**
   * Carries out a request. What takes its time is kept when it is answered, and never by `settle`.
   * @throws where nobody knows what was done: then all that is not settled yet is undone.
   */
  answer(request: WireRequest): Reply | Promise<Reply>;
  /** Has what was done since the last time be kept, before any of it is answered. */
  settle(): void;
  /** Takes back what was done since then. */
  undo(): void;
  /** What is answered where it failed here, and not by the request. */
  readonly failed: Reply;
}

export interface WireServer {
  listen(socketPath: string): Promise<void>;
  /** What is being carried out is answered first; whoever waits for more is let go. */
  close(): Promise<void>;
}

/**
 * Serves AWS's JSON protocols on a Unix socket. Requests that come together, each sent without waiting
 * for the answer before it, are carried out one by one, kept together and answered together: a
 * transaction for each of them, and a write to the caller, would be most of the work. Signatures are
 * not looked at: who reaches the socket is the user of this machine.
 */
export function createWireServer(service: Service): WireServer {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    const connection = new Connection(socket, service);
    const reader = new RequestReader();
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      try {
        const requests = reader.take(chunk);
        for (let i = 0; i < requests.length; i += groupMax) {
          connection.carryOut(requests.slice(i, i + groupMax));
        }
      } catch (error) {
        process.stderr.write(`A connection is closed: ${String(error)}\n`);
        socket.destroy();
      }
    });
  });
  return {
    listen: (socketPath) => listen(server, socketPath),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        for (const socket of sockets) socket.end();
        const hardStop = setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, patienceMs);
        server.once("close", () => clearTimeout(hardStop));
      }),
  };
}

/**
 * Requests that are kept and answered together at most: while the caller is at these answers, the next
 * ones are carried out. All at once, either side would stand still while the other is at work.
 */
const groupMax = 8;

/** How long clients may take to close their side. */
const patienceMs = 500;

interface Slot {
  reply: Reply | undefined;
  readonly isLast: boolean;
}

class Connection {
  readonly #socket: Socket;
  readonly #service: Service;
  /** Answers go out in the order of the requests (RFC 9112 §9.3.2). */
  readonly #slots: Slot[] = [];

  constructor(socket: Socket, service: Service) {
    this.#socket = socket;
    this.#service = service;
  }

  carryOut(requests: readonly WireRequest[]): void {
    let held: Slot[] = [];
    const fail = () => {
      // The service has said why.
      this.#service.undo();
      for (const slot of held) slot.reply = this.#service.failed;
      held = [];
    };
    for (const request of requests) {
      const slot: Slot = { reply: undefined, isLast: request.isLast };
      this.#slots.push(slot);
      held.push(slot);
      try {
        this.#answer(request, slot);
      } catch {
        fail();
      }
    }
    try {
      this.#service.settle();
    } catch {
      fail();
    }
    this.#flush();
  }

  #answer(request: WireRequest, slot: Slot): void {
    const reply = this.#service.answer(request);
    if (!(reply instanceof Promise)) {
      slot.reply = reply;
      return;
    }
    const late = (of: Reply) => {
      slot.reply ??= of;
      this.#flush();
    };
    reply.then(late, () => late(this.#service.failed));
  }

  #flush(): void {
    let text = "";
    for (let slot = this.#slots[0]; slot?.reply; slot = this.#slots[0]) {
      this.#slots.shift();
      text += toText(slot.reply, slot.isLast);
      if (slot.isLast) return void this.#socket.end(text);
    }
    if (text !== "" && this.#socket.writable) this.#socket.write(text);
  }
}

function toText({ status, body, head = "" }: Reply, isLast: boolean): string {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "content-type: application/x-amz-json-1.0",
    `content-length: ${Buffer.byteLength(body)}`,
    ...(isLast ? ["connection: close"] : []),
  ];
  return `${lines.join("\r\n")}\r\n${head}\r\n${body}`;
}
