import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Client } from "@modelcontextprotocol/client";
import type { Tools } from "@outlet/core/bots/tools";
import * as Text from "@outlet/core/foundation/text";
import { type Http, HttpRefused, type SecretStore } from "@outlet/core/ports";
import { createGuardedFetch } from "../outbound/guarded-fetch.ts";
import { redacted } from "./redact.ts";

type Definition = Awaited<ReturnType<Client["listTools"]>>["tools"][number];
export type CallResult = Awaited<ReturnType<Client["callTool"]>>;

/** Tools of one server that are looked at, and characters of one's schema. */
const toolsMax = 200;
const schemaMax = 12_000;
const answerBytesMax = 2_000_000;

export interface Server {
  url: string;
  hosts: readonly string[];
  headers: Record<string, string>;
}

/** A tool of a server as it defines it now. */
export interface RemoteTool {
  remoteName: string;
  description: string;
  /** JSON Schema as text. */
  inputSchema: string;
  isSafeToRepeat: boolean;
  /** Of all of it that a model or an owner is told. */
  digest: string;
  /** Why it cannot be used. */
  refusal: string | null;
}

/** The server could not be asked; the message may be shown to the owner and the model. */
export class ServerFailed extends Error {
  override name = "ServerFailed";
  /** Whether it said so itself: then it did not do what was asked. */
  readonly isAnswer: boolean;
  constructor(message: string, options: ErrorOptions & { isAnswer?: boolean } = {}) {
    super(message, options);
    this.isAnswer = options.isAnswer === true;
  }
}

/** @throws StoreUnavailable */
export async function serverOf(
  secrets: SecretStore,
  { botId, setting }: Tools.Info & { setting: Tools.SettingOf<"mcp"> },
): Promise<Server> {
  const headers = await Promise.all(
    setting.headers.map(async ({ name, secretId }): Promise<[string, string]> => {
      const value = await secrets.get(botId, secretId);
      if (value === undefined) {
        throw new ServerFailed(
          `The value of the header ${name} is missing. Its owner has to write it again.`,
        );
      }
      return [name, value];
    }),
  );
  return { url: setting.url, hosts: setting.hosts, headers: Object.fromEntries(headers) };
}

/**
 * Speaks with a server in one session, of whichever revision of the protocol it is.
 * @throws ServerFailed; the signal's reason
 */
export async function withServer<T>(
  http: Http,
  { url, hosts, headers }: Server,
  { timeMs, signal }: { timeMs: number; signal: AbortSignal },
  work: (client: Client, options: { timeout: number; signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  // Only bots with such tools need it, and it is large.
  const mcp = await import("@modelcontextprotocol/client");
  const ending = new AbortController();
  const fetch = createGuardedFetch(http, {
    timeoutMs: timeMs,
    responseBytesMax: answerBytesMax,
    hosts,
    requestsMax: 40,
    signal: ending.signal,
  });
  const client = new mcp.Client(
    { name: "outlet", version: "1" },
    { versionNegotiation: { mode: "auto" }, listMaxPages: 20 },
  );
  const transport = new mcp.StreamableHTTPClientTransport(new URL(url), {
    fetch,
    requestInit: { headers },
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 1_000,
      reconnectionDelayGrowFactor: 1,
    },
  });
  try {
    const options = { timeout: timeMs, maxTotalTimeout: timeMs, signal };
    await client.connect(transport, options);
    return await work(client, options);
  } catch (error) {
    signal.throwIfAborted();
    throw failure(error, error instanceof mcp.ProtocolError);
  } finally {
    await leave(client, transport);
    ending.abort(new Error("The session has ended."));
  }
}

/** Servers that keep sessions are told of the end; whether they listen is their affair. */
async function leave(
  client: Client,
  transport: { sessionId?: string | undefined; terminateSession(): Promise<void> },
): Promise<void> {
  if (transport.sessionId !== undefined) await transport.terminateSession().catch(() => {});
  await client.close().catch(() => {});
}

function failure(error: unknown, isAnswer: boolean): ServerFailed {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ServerFailed) return cause;
    if (cause instanceof HttpRefused) return new ServerFailed(cause.message, { cause: error });
  }
  const said = error instanceof Error ? Text.shorten(Text.oneLine(error.message), 300) : "";
  if (isAnswer)
    return new ServerFailed(`The MCP server refused: ${said}`, { cause: error, isAnswer });
  return new ServerFailed(`The MCP server did not answer as one does: ${said}`, { cause: error });
}

/** What a server is told in its headers: it may say it again, and nobody else is to read it. */
export const secretsOf = ({ headers }: Server): string[] =>
  Object.values(headers).flatMap((value) => [value, ...value.split(" ").slice(1)]);

/** @throws ServerFailed; the signal's reason */
export async function listRemote(
  http: Http,
  server: Server,
  limits: { timeMs: number; signal: AbortSignal },
): Promise<RemoteTool[]> {
  const secrets = secretsOf(server);
  try {
    return await withServer(http, server, limits, async (client, options) => {
      const { tools } = await client.listTools(undefined, options);
      return tools.slice(0, toolsMax).map((tool) => remoteTool(tool, secrets));
    });
  } catch (error) {
    if (!(error instanceof ServerFailed)) throw error;
    // Without what it comes of, which holds the server's own words, too, and is logged.
    throw new ServerFailed(redacted(error.message, secrets), { isAnswer: error.isAnswer });
  }
}

function remoteTool(tool: Definition, secrets: readonly string[]): RemoteTool {
  const { name, title, annotations } = tool;
  const inputSchema = redacted(JSON.stringify(tool.inputSchema), secrets);
  const said = redacted(tool.description ?? title ?? "", secrets);
  const description = Text.shorten(said.trim() || name, 2_000);
  const isSafeToRepeat = annotations?.readOnlyHint === true || annotations?.idempotentHint === true;
  const isLong = inputSchema.length > schemaMax;
  return {
    remoteName: name,
    description,
    inputSchema: isLong ? '{"type":"object"}' : inputSchema,
    isSafeToRepeat,
    // Also of what is cut off: it may say what the rest is for.
    digest: digestOf([name, title, tool.description, tool.inputSchema, isSafeToRepeat]),
    refusal: isLong ? "What it takes is too long to tell a model of." : null,
  };
}

const digestOf = (parts: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(sorted(parts)))
    .digest("base64url");

/** The order of members says nothing in JSON, and servers change it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, of]) => [name, sorted(of)]),
  );
}

/**
 * What of a result is told to the model. A server may give its words as a structure, too: what is said
 * by both is told once (MCP 2025-11-25, server/tools, Structured Content).
 */
export function textOfResult({ content, structuredContent }: CallResult): string {
  const texts = (content ?? []).map((part) => {
    switch (part.type) {
      case "text":
        return part.text;
      case "resource":
        return "text" in part.resource ? part.resource.text : `[A file: ${part.resource.uri}]`;
      case "resource_link":
        return `[${part.name}: ${part.uri}]`;
      default:
        return `[${part.type} of ${part.mimeType}, which is no text]`;
    }
  });
  const isSaid =
    structuredContent === undefined || texts.some((text) => says(text, structuredContent));
  return [...texts, ...(isSaid ? [] : [JSON.stringify(structuredContent)])].join("\n").trim();
}

function says(text: string, structure: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(text), structure);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
