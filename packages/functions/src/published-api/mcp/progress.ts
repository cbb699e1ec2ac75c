import type { Ended } from "../openai/answer.ts";
import type { Teller } from "../openai/answering.ts";
import { Unfolding } from "../openai/unfolding.ts";

/** Between two notifications while text comes; clients that are told nothing give up after a while. */
const everyMs = 1_000;

/**
 * A run as notifications of progress, and its result as the last event. Each names the conversation:
 * whoever loses the result finds the answer there.
 */
export function progressOf(
  token: string | number,
  conversationId: string,
  render: (ended: Ended) => object,
  now: () => number = () => performance.now(),
): Teller {
  const text = new Unfolding();
  let progress = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  const notify = (message: string): string => {
    toldAt = now();
    progress += 1;
    return frame({
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: {
        progressToken: token,
        progress,
        message: `${message} (conversation_id: ${conversationId})`,
      },
    });
  };
  return {
    idleMs: 2_000,
    begin: () => [notify("The question has been sent")],
    idle: () => [notify("The bot is at work")],
    push(told) {
      if (told.kind === "ended") return [frame(render(told.ended))];
      if (told.kind === "tool") return [notify(`The tool ${told.name}: ${told.status}`)];
      if (told.kind === "begun") text.restart();
      if (told.kind === "text" && text.add(told.text) === undefined) text.anew();
      return now() - toldAt < everyMs ? [] : [notify(`${text.given.length} characters so far`)];
    },
    end: () => [],
  };
}

const frame = (message: object): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`;
