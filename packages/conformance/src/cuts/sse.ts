/** One server-sent event, as a reader gets it. */
export interface Sse {
  id?: string;
  event: string;
  data: Record<string, unknown>;
}

/**
 * The whole events of a text; what comes after the last blank line is none yet.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function parseEvents(text: string): Sse[] {
  const blocks = text.split("\n\n").slice(0, -1);
  return blocks.flatMap((block) => {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trimStart());
    }
    const data = fields.get("data");
    // What ends a stream of OpenAI's is no event.
    if (data === undefined || data === "[DONE]") return [];
    const id = fields.get("id");
    return [
      {
        ...(id === undefined ? {} : { id }),
        event: fields.get("event") ?? "message",
        data: JSON.parse(data) as Record<string, unknown>,
      },
    ];
  });
}

/** The answer's text, as a reader of the native face joins it: `attempt` begins it anew. */
export function joined(events: readonly Sse[]): string {
  let text = "";
  for (const { event, data } of events) {
    if (event === "attempt") text = "";
    if (event === "text") text += String(data.text);
  }
  return text;
}
