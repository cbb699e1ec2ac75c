import type { IncomingMessage } from "node:http";
import type { Clock } from "@outlet/core/ports";
import { createParser } from "eventsource-parser";
import { broken } from "./answer-reader.ts";
import { parseJson } from "./json.ts";
import { readBodyWords, readWords, Refusal, wordsOf } from "./refusal.ts";

/** A chunk as it was sent, or the server's word that there are no more. */
export type ServerEvent = { type: "chunk"; value: unknown } | { type: "done" };

/** Bytes of one answer on the wire. */
const bytesMax = 64 * 1024 * 1024;

/** How long counts, or a last word, may still follow when the answer has ended. */
const quietMs = 5_000;

/**
 * What a server sends, be it server-sent events, one JSON text for the whole, or one a line.
 *
 * It ends at `[DONE]`, when the connection does, or `quietMs` after the last chunk of an answer that
 * has ended: some servers keep the connection open, some forget to say that they are done.
 * @param hasEnded whether what was read so far is a whole answer.
 * @throws Refusal where what arrives is no answer; ModelStreamErrorException where it breaks off.
 */
export async function* readEvents(
  response: IncomingMessage,
  clock: Clock,
  hasEnded: () => boolean,
): AsyncGenerator<ServerEvent> {
  const body = new Body();
  for await (const text of readText(response, clock, hasEnded)) {
    for (const event of body.feed(text)) {
      yield event;
      if (event.type === "done") return;
    }
  }
  yield* body.end();
}

/** Tells the kinds of body apart by their first character, for content types are often wrong. */
class Body {
  #kind: "unknown" | "events" | "whole" = "unknown";
  #whole = "";
  #stray = "";
  #began = false;
  readonly #queue: ServerEvent[] = [];
  #failure: Refusal | undefined;
  readonly #parser = createParser({
    onEvent: ({ event, data }) => this.#take(event, data),
    onError: ({ field, value, line }) => this.#takeStray(field, value, line),
  });

  *feed(text: string): Generator<ServerEvent> {
    if (this.#kind === "unknown") {
      this.#whole += text;
      const first = /\S/.exec(this.#whole)?.[0];
      if (first === undefined) return;
      this.#kind = "{[<".includes(first) ? "whole" : "events";
      if (this.#kind === "events") this.#parser.feed(this.#whole);
    } else if (this.#kind === "events") this.#parser.feed(text);
    else this.#whole += text;
    yield* this.#flush();
  }

  *end(): Generator<ServerEvent> {
    if (this.#kind === "events") {
      // The last event may lack the empty line after it.
      this.#parser.feed("\n\n");
      yield* this.#flush();
      // Lines that mean nothing are passed over, unless they are all there is.
      if (this.#stray !== "" && !this.#began) throw new Refusal(wordsOf(this.#stray));
      return;
    }
    if (this.#kind === "unknown") throw broken("The model server sent an empty answer.");
    const values = parseLines(this.#whole);
    if (!values) throw new Refusal(readBodyWords(this.#whole) ?? wordsOf("An unreadable answer."));
    for (const value of values) yield toEvent(value);
    if (values.length === 1) yield { type: "done" };
  }

  *#flush(): Generator<ServerEvent> {
    const events = this.#queue.splice(0);
    this.#began ||= events.length > 0;
    yield* events;
    if (this.#failure) throw this.#failure;
  }

  #take(event: string | undefined, data: string): void {
    if (this.#failure || data.trim() === "") return;
    if (event === "error") return this.#fail(data);
    if (isDone(data)) return void this.#queue.push({ type: "done" });
    const values = parseLines(data);
    if (!values) {
      this.#failure = new Refusal(wordsOf(`The model server sent what is no chunk: ${data}`));
      return;
    }
    this.#queue.push(...values.map(toEvent));
  }

  /** `error: {…}` of llama.cpp, a JSON text without `data:`, or what is no stream at all. */
  #takeStray(field: string | undefined, value: string | undefined, line: string | undefined): void {
    if (this.#failure) return;
    if (field === "error") return this.#fail(value ?? "");
    const chunk = parseJson(line ?? "");
    if (typeof chunk === "object" && chunk !== null) {
      this.#queue.push({ type: "chunk", value: chunk });
    } else if (this.#stray.length < 1_000) this.#stray += `${line ?? field ?? ""}\n`;
  }

  #fail(said: string): void {
    const words = readWords(parseJson(said)) ?? wordsOf(said);
    this.#failure = new Refusal(words.message === "" ? wordsOf("The model server failed.") : words);
  }
}

const doneMark = Symbol("done");
const toEvent = (value: unknown): ServerEvent =>
  value === doneMark ? { type: "done" } : { type: "chunk", value };
const isDone = (data: string): boolean => data.trim() === "[DONE]";

/** One JSON text, or one on each line: servers forget the empty line between two events. */
function parseLines(text: string): unknown[] | undefined {
  const whole = parseJson(text);
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < 2) return undefined;
  const values = lines.map((line) => (isDone(line) ? doneMark : parseJson(line)));
  return values.includes(undefined) ? undefined : values;
}

async function* readText(
  response: IncomingMessage,
  clock: Clock,
  hasEnded: () => boolean,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const chunks = response.iterator({ destroyOnReturn: false });
  let length = 0;
  for (;;) {
    const next = hasEnded() ? await within(chunks.next(), clock, quietMs) : await chunks.next();
    if (next === undefined || next.done) break;
    const bytes: unknown = next.value;
    if (!(bytes instanceof Uint8Array)) continue;
    length += bytes.length;
    if (length > bytesMax) throw broken(`The model server sent more than ${bytesMax} bytes.`);
    yield decoder.decode(bytes, { stream: true });
  }
  yield decoder.decode();
}

/** @returns `undefined` where it takes longer. */
async function within<T>(promise: Promise<T>, clock: Clock, ms: number): Promise<T | undefined> {
  const timer = new AbortController();
  const late = clock.sleep(ms, timer.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
