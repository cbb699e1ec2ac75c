import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A model that takes every question and never says a word. */
export async function startSilentModel(): Promise<{ url: string; stop(): void }> {
  const server = createServer((req) => req.resume());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
