import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Dialect } from "./dialects.ts";
import { parseEvents, type Sse } from "./sse.ts";

/** What a reader has of a run, over all its connections. */
export interface Reading {
  events: Sse[];
  connections: number;
  /** What is wrong about what came; undefined where nothing is. */
  complaint: string | undefined;
}

/** When a connection breaks: after so many bytes, if the reader goes away by itself. */
export type CutAfter = () => number | undefined;

/** A run's events: at which edge, where, and as which face tells them. */
export interface Source {
  base: string;
  path: string;
  dialect: Dialect;
}

/** How long a reader waits before it connects anew to an edge that is not there. */
const retryMs = 5;

/**
 * Follows a run to its end, however often the connection breaks: each time it asks for what comes
 * after the last event it has seen whole.
 */
export async function readAll(
  { base, path, dialect }: Source,
  cutAfter: CutAfter,
): Promise<Reading> {
  const reading: Reading = { events: [], connections: 0, complaint: undefined };
  for (;;) {
    const last = reading.events.at(-1);
    if ((last && dialect.isLast(last)) || reading.complaint) return reading;
    reading.connections += 1;
    const part = await readOnce(
      base,
      dialect.after(path, last && dialect.numberOf(last)),
      cutAfter(),
    );
    if (part === "done") return reading;
    for (const event of part) {
      const number = dialect.numberOf(event);
      if (number === undefined) continue;
      const expected = reading.events.length;
      if (number !== expected) reading.complaint ??= `event ${number} instead of ${expected}`;
      reading.events.push(event);
    }
    if (part.length === 0) await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

/** @returns what came whole before the connection ended; `done` where there is nothing more. */
async function readOnce(
  base: string,
  { path, headers }: ReturnType<Dialect["after"]>,
  cutAt: number | undefined,
): Promise<Sse[] | "done"> {
  const req = request(base + path, { agent: false, headers });
  req.end();
  let text = "";
  try {
    const [res] = (await once(req, "response")) as [IncomingMessage];
    if (res.statusCode === 204) return "done";
    if (res.statusCode !== 200) throw new Error(`The reader was answered ${res.statusCode}`);
    const decoder = new TextDecoder();
    let bytes = 0;
    for await (const chunk of res) {
      const piece = chunk as Buffer;
      // What is on its way when the connection breaks is not the reader's any more.
      const rest = cutAt === undefined ? piece.length : Math.max(0, cutAt - bytes);
      // In the middle of an event, or of a character, as often as not.
      text += decoder.decode(piece.subarray(0, rest), { stream: true });
      bytes += piece.length;
      if (cutAt !== undefined && bytes >= cutAt) req.destroy();
    }
  } catch (error) {
    if (!isBroken(error)) throw error;
  }
  return parseEvents(text);
}

const brokenCodes = ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"];

const isBroken = (error: unknown): boolean =>
  error instanceof Error && "code" in error && brokenCodes.includes(String(error.code));
