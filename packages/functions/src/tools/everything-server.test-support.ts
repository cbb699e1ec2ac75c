import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createServer as createEverything } from "@modelcontextprotocol/server-everything/dist/server/index.js";
import { randomUUID } from "node:crypto";
import * as v from "valibot";

/**
 * For tests: the reference server over streamable HTTP on loopback, with sessions. Its `state.change`
 * says what to send otherwise, as a server does that turns on its users.
 * @param options.require headers without which it answers 401.
 */
export async function startEverything(options: { require?: Record<string, string> } = {}) {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const seen: Seen[] = [];
  const state = { change: (text: string) => text };
  const server = createServer(async (req, res) => {
    const body = await bodyOf(req);
    seen.push({ method: req.method ?? "", headers: req.headers, called: calledIn(body) });
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
    await transport.handleRequest(req, res, body);
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

interface Seen {
  method: string;
  headers: IncomingHttpHeaders;
  /** The tool, where one was called. */
  called: string | undefined;
}

async function bodyOf(req: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString());
}

const Call = v.object({ method: v.literal("tools/call"), params: v.object({ name: v.string() }) });
const calledIn = (body: unknown): string | undefined =>
  v.is(Call, body) ? body.params.name : undefined;

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
