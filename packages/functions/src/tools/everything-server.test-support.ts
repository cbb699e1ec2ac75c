import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createServer as createEverything } from "@modelcontextprotocol/server-everything/dist/server/index.js";
import { randomUUID } from "node:crypto";

/**
 * For tests: the reference server over streamable HTTP on loopback, with sessions. Its `state.change`
 * says what to send otherwise, as a server does that turns on its users.
 * @param options.require headers without which it answers 401.
 */
export async function startEverything(options: { require?: Record<string, string> } = {}) {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const seen: { method: string; headers: Record<string, string | string[] | undefined> }[] = [];
  const state = { change: (text: string) => text };
  const server = createServer(async (req, res) => {
    seen.push({ method: req.method ?? "", headers: req.headers });
    for (const [name, value] of Object.entries(options.require ?? {})) {
      if (req.headers[name] !== value) return void res.writeHead(401).end("who are you");
    }
    const id = req.headers["mcp-session-id"];
    let transport = typeof id === "string" ? sessions.get(id) : undefined;
    if (!transport) {
      const made = new StreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (sessionId) => void sessions.set(sessionId, made),
        onsessionclosed: (sessionId) => void sessions.delete(sessionId),
      });
      const send = made.send.bind(made);
      made.send = (message, about) =>
        send(JSON.parse(state.change(JSON.stringify(message))) as typeof message, about);
      transport = made;
      await createEverything().server.connect(made);
    }
    await transport.handleRequest(req, res);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    address: `127.0.0.1:${port}`,
    seen,
    sessions,
    state,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
