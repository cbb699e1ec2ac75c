import { authorizedFetch, requireGood } from "~/api/client.ts";
import { readEvents } from "~/api/events.ts";
import type { Passage } from "~/page-parts/passages/passages.tsx";
import { apiOrigin } from "~/session/session.ts";

type TestEvent =
  | { type: "sources"; sources: Passage[] }
  | { type: "text"; text: string }
  | {
      type: "done";
      model: string;
      usage: { inputTokens: number; outputTokens: number };
      costMicroUsd: number;
      firstTextMs: number | null;
      ms: number;
    }
  | { type: "failed"; code: string; message: string };

/** Asks the bot as it is saved now, and hands on what it says as it says it. */
export async function* askTest(
  botId: string,
  messages: { role: "user" | "assistant"; text: string }[],
  signal: AbortSignal,
): AsyncGenerator<TestEvent> {
  const response = await authorizedFetch(`${apiOrigin}/api/bots/${botId}/test`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages }),
    signal,
  });
  await requireGood(response);
  for await (const { data } of readEvents(response)) yield JSON.parse(data) as TestEvent;
}
