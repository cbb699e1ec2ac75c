import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { silentLog, systemClock } from "@outlet/core/ports";
import { startBedrock } from "@outlet/local/bedrock/server";

/** A model that says its first words, and its last ones only when it is told to go on. */
export async function startHaltingModel() {
  const goOn = Promise.withResolvers<void>();
  const say = (content: string) =>
    `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
  const server = createServer((req, res) => void answer(req, res));
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    req.resume();
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write(say("first "));
    await goOn.promise;
    const stop = JSON.stringify({ choices: [{ delta: {}, finish_reason: "stop" }] });
    const usage = JSON.stringify({
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    });
    res.end(`${say("last")}data: ${stop}\n\ndata: ${usage}\n\ndata: [DONE]\n\n`);
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const backend = { kind: "openai" as const, baseUrl };
  const bedrock = await startBedrock({ backend, log: silentLog, clock: systemClock });
  return {
    url: bedrock.url,
    goOn: goOn.resolve,
    async stop() {
      await bedrock.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}
