import type { Client } from "@outlet/local/runtime/stack-fixture";
import type { Sse } from "./sse.ts";

/** How a run is asked for and its events are read, on one of the faces. */
export interface Dialect {
  /** Sends a message. @returns where it is, and where its events are. */
  send(client: Client, text: string): Promise<Sent>;
  /** A request for what comes after an event; from the first on where there is none. */
  after(path: string, last: number | undefined): { path: string; headers: Record<string, string> };
  /** The number of an event, by which a reader goes on; `undefined` where it has none. */
  numberOf(event: Sse): number | undefined;
  /** Whether nothing comes after it. */
  isLast(event: Sse): boolean;
  /** Whether an attempt begins with it: what was said before is void. */
  begins(event: Sse): boolean;
  /** What it adds to the answer's text. */
  textOf(event: Sse): string;
}

interface Sent {
  conversationId: string;
  messageId: string;
  /** Of its events. */
  path: string;
}

/** Resumed by `Last-Event-ID`. */
const native: Dialect = {
  async send(client, text) {
    const { conversationId, messageId } = (await client.send(text)).json;
    return {
      conversationId,
      messageId,
      path: `/conversation/${conversationId}/${messageId}/events`,
    };
  },
  after: (path, last) => ({
    path,
    headers: last === undefined ? {} : { "last-event-id": String(last) },
  }),
  numberOf: ({ id }) => (id === undefined ? undefined : Number(id)),
  isLast: ({ event }) => event === "state",
  begins: ({ event }) => event === "attempt",
  textOf: ({ event, data }) => (event === "text" ? String(data.text) : ""),
};

const ends = ["response.completed", "response.failed", "response.incomplete"];

/** Resumed by `starting_after`. */
const responses: Dialect = {
  async send(client, text) {
    const reply = await client.call("POST", "/v1/responses", { input: text, background: true });
    const id: string = reply.json.id;
    const messageId = id.replace("resp_", "");
    return { conversationId: id, messageId, path: `/v1/responses/${id}?stream=true` };
  },
  after: (path, last) => ({
    path: last === undefined ? path : `${path}&starting_after=${last}`,
    headers: {},
  }),
  numberOf: ({ data }) =>
    typeof data.sequence_number === "number" ? data.sequence_number : undefined,
  isLast: ({ event }) => ends.includes(event),
  begins: ({ event }) => event === "response.output_item.added",
  textOf: ({ event, data }) => (event === "response.output_text.delta" ? String(data.delta) : ""),
};

export const dialects = { native, responses };
