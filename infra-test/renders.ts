import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { inject } from "vitest";
import { type Data, Graph, type RenderOptions, render } from "./sst/graph.ts";

type Answer = { data: Data } | { message: string };

/**
 * Runs the program once for each set of options, whichever of the test files asks: each of those has
 * modules of its own, and a run takes some seconds of a core.
 */
export async function shareRenders(): Promise<{ url: string; stop: () => void }> {
  const made = new Map<string, Promise<Answer>>();
  const answerTo = async (req: IncomingMessage): Promise<Answer> => {
    // Asked by `rendered` alone.
    const options = (await json(req)) as RenderOptions;
    const key = JSON.stringify(options);
    const answer = made.get(key) ?? answerOf(options);
    made.set(key, answer);
    return answer;
  };
  const server = createServer((req, res) => {
    answerTo(req).then(
      (answer) => res.end(JSON.stringify(answer)),
      (error: unknown) => res.end(JSON.stringify({ message: String(error) })),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A program that refuses its settings has an answer too. */
const answerOf = (options: RenderOptions): Promise<Answer> =>
  render(options).then(
    ({ data }) => ({ data }),
    (error: unknown) => ({ message: error instanceof Error ? error.message : String(error) }),
  );

/** The graph that the program makes of these options, a copy of one's own. Throws what it threw. */
export async function rendered(options: RenderOptions): Promise<Graph> {
  const response = await fetch(inject("rendersUrl"), {
    method: "POST",
    body: JSON.stringify(options),
  });
  const answer = (await response.json()) as Answer;
  if ("message" in answer) throw new Error(answer.message);
  return new Graph(answer.data);
}
