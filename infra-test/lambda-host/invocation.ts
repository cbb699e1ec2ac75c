import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

interface Chunk {
  /** Milliseconds since the event was handed over. */
  at: number;
  data: Buffer;
}

export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** What came of an event. */
export interface Invocation {
  /** Of an HTTP answer: a stream's head, or a returned { statusCode, … }. */
  status?: number;
  headers: Record<string, string>;
  cookies?: string[];
  /** The body as it came: in one piece where the handler doesn't stream. */
  chunks: Chunk[];
  body: string;
  /** What a handler that doesn't stream has returned; a test says what it expects of it. */
  // oxlint-disable-next-line typescript/no-explicit-any
  payload?: any;
  error?: FunctionError;
  /** Lines on stdout and stderr; with the first event of a process, from its start. */
  logs: string[];
  milliseconds: number;
}

type Answer = Pick<Invocation, "status" | "headers" | "cookies" | "chunks" | "payload">;

/** An event on its way. */
export class PendingInvocation {
  readonly id = randomUUID();
  readonly #created = performance.now();
  readonly #settled = Promise.withResolvers<void>();
  readonly #idle = Promise.withResolvers<void>();
  #sent: number | undefined;
  #ended: number | undefined;
  #answer: Answer = { headers: {}, chunks: [] };
  #error: FunctionError | undefined;

  readonly event: unknown;
  /** Told of each piece of an answer as it comes. */
  readonly onData: (data: Buffer) => void;

  constructor(event: unknown, onData: (data: Buffer) => void = () => {}) {
    this.event = event;
    this.onData = onData;
  }

  /** There is an answer or an error, and the runtime client is through with what it does after that. */
  readonly finished = Promise.all([this.#settled.promise, this.#idle.promise]);
  readonly settled = this.#settled.promise;

  get sent(): boolean {
    return this.#sent !== undefined;
  }
  get error(): FunctionError | undefined {
    return this.#error;
  }

  hand(): string {
    this.#sent = performance.now();
    return JSON.stringify(this.event);
  }

  async respond(req: IncomingMessage): Promise<void> {
    const streams = req.headers["lambda-runtime-function-response-mode"] === "streaming";
    const chunks: Chunk[] = [];
    for await (const data of req) {
      chunks.push({ at: performance.now() - (this.#sent ?? 0), data });
      this.onData(data);
      if (streams) this.#answer = streamed(req, chunks); // what came stays, even where the handler never ends
    }
    this.#answer = streams ? streamed(req, chunks) : returned(chunks);
    const brokenOff = req.trailers["lambda-runtime-function-error-body"];
    if (brokenOff) this.fail(parseError(Buffer.from(brokenOff, "base64").toString()));
    else this.#settle();
  }

  fail(error: FunctionError): void {
    if (this.#ended === undefined) this.#error = error;
    this.#settle();
  }

  /** The runtime client asks for the next event. */
  idle(): void {
    if (this.#ended !== undefined) this.#idle.resolve();
  }

  result(logs: string[]): Invocation {
    const { chunks } = this.#answer;
    return {
      ...this.#answer,
      body: Buffer.concat(chunks.map(({ data }) => data)).toString(),
      ...(this.#error && { error: this.#error }),
      logs,
      milliseconds: (this.#ended ?? performance.now()) - (this.#sent ?? this.#created),
    };
  }

  #settle(): void {
    this.#ended ??= performance.now();
    this.#settled.resolve();
  }
}

const NULS = Buffer.alloc(8);

/** An HTTP stream begins with a head in JSON, which ends at 8 NUL bytes. */
function streamed(req: IncomingMessage, chunks: Chunk[]): Answer {
  if (req.headers["content-type"] !== "application/vnd.awslambda.http-integration-response")
    return { headers: {}, chunks };
  const all = Buffer.concat(chunks.map(({ data }) => data));
  const end = all.indexOf(NULS);
  if (end === -1) return { headers: {}, chunks: [] };
  const { statusCode = 200, headers = {}, cookies } = JSON.parse(all.subarray(0, end).toString());
  let skip = end + NULS.length;
  const body = chunks.flatMap(({ at, data }) => {
    const rest = data.subarray(Math.min(skip, data.length));
    skip -= data.length - rest.length;
    return rest.length ? [{ at, data: rest }] : [];
  });
  return { status: statusCode, headers, ...(cookies && { cookies }), chunks: body };
}

function returned(chunks: Chunk[]): Answer {
  const text = Buffer.concat(chunks.map(({ data }) => data)).toString();
  const payload = text === "" ? undefined : JSON.parse(text);
  if (typeof payload?.statusCode !== "number") return { headers: {}, chunks: [], payload };
  const { statusCode, headers, multiValueHeaders = {}, cookies, body, isBase64Encoded } = payload;
  const joined = Object.entries<string[]>(multiValueHeaders).map(([name, values]) => [
    name,
    values.join(", "),
  ]);
  return {
    status: statusCode,
    headers: { ...Object.fromEntries(joined), ...headers },
    ...(cookies && { cookies }),
    payload,
    chunks: body
      ? [{ at: chunks[0]?.at ?? 0, data: Buffer.from(body, isBase64Encoded ? "base64" : "utf8") }]
      : [],
  };
}

export function parseError(text: string): FunctionError {
  try {
    const { errorType, errorMessage, trace } = JSON.parse(text);
    return { errorType, errorMessage, ...(trace && { trace }) };
  } catch {
    return { errorType: "Runtime.Unknown", errorMessage: text };
  }
}
