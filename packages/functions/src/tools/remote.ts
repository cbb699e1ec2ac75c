import * as OpenApi from "@outlet/core/bots/openapi";
import * as Tools from "@outlet/core/bots/tools";
import type { Clock, Http, Log, SecretStore, Table, Tool } from "@outlet/core/ports";
import * as v from "valibot";
import * as Members from "@outlet/core/foundation/members";
import { compared } from "./compare.ts";
import { callOperation } from "./http-tool.ts";
import { listRemote, ServerFailed, serverOf } from "./mcp-session.ts";
import { callRemote } from "./mcp-tool.ts";

export interface RemoteDeps {
  table: Table;
  http: Http;
  secrets: SecretStore;
  clock: Clock;
  log: Log;
}

/** How old a server's list may be before it is compared again, and how long that may take. */
const freshMs = 5 * 60_000;
const compareTimeMs = 8_000;
/** How long nobody waits again for a server that could not be asked. */
const awayMs = 60_000;
/** Servers of which that is remembered. */
const awayMax = 1_000;

/** Tools that lie outside: operations of services, and tools of MCP servers. */
export function createRemoteTools(deps: RemoteDeps): Tools.Remote {
  const away: Away = new Map();
  return {
    async open(tool, signal) {
      if (isHttp(tool)) return httpTools(deps, tool);
      if (isMcp(tool)) return mcpTools(deps, await refreshed(deps, tool, away, signal));
      return [];
    },
  };
}

export type Mcp = Tools.Info & { setting: Tools.SettingOf<"mcp"> };
export type HttpTool = Tools.Info & { setting: Tools.SettingOf<"http"> };
export const isHttp = (tool: Tools.Info): tool is HttpTool => tool.setting.kind === "http";
export const isMcp = (tool: Tools.Info): tool is Mcp => tool.setting.kind === "mcp";

const Schema = Members.of(v.string(), v.unknown());

const definitionOf = (tool: Tools.Info, it: Tools.Function): Tool["definition"] => ({
  name: it.name,
  description: it.description,
  inputSchema: v.parse(Schema, JSON.parse(it.inputSchema)),
  isSafeToRepeat: it.isSafeToRepeat,
  limits: tool.limits,
});

const httpTools = (deps: RemoteDeps, tool: HttpTool): Tool[] =>
  tool.setting.operations.map((operation) => ({
    definition: definitionOf(tool, { ...operation, inputSchema: toldSchema(operation) }),
    call: async (call, signal) =>
      (await callOperation(deps, tool, operation, call, signal)).outcome,
  }));

/** What a model, or whoever tries it, is told of an operation's input: nothing of what is fixed. */
export const toldSchema = ({
  inputSchema,
  fixed,
}: HttpTool["setting"]["operations"][number]): string =>
  JSON.stringify(
    OpenApi.schemaWithout(v.parse(Schema, JSON.parse(inputSchema)), Object.keys(fixed)),
  );

const mcpTools = (deps: RemoteDeps, tool: Mcp): Tool[] =>
  tool.setting.tools
    .filter(({ pause }) => pause === null)
    .map((picked) => ({
      definition: definitionOf(tool, picked),
      call: async (call, signal) => (await callRemote(deps, tool, picked, call, signal)).outcome,
    }));

/** Until when a server is not asked again for its list, by the tool, epoch milliseconds. */
type Away = Map<string, number>;

/** A server that is away is found out by whoever calls it: until then its tools are what they were. */
async function refreshed(
  deps: RemoteDeps,
  tool: Mcp,
  away: Away,
  signal: AbortSignal,
): Promise<Mcp> {
  const now = deps.clock.now();
  if (now - tool.setting.checkedAt < freshMs) return tool;
  if (now < (away.get(tool.toolId) ?? 0)) return tool;
  try {
    return await refresh(deps, tool, signal);
  } catch (error) {
    if (!(error instanceof ServerFailed)) throw error;
    if (away.size >= awayMax) away.clear();
    away.set(tool.toolId, deps.clock.now() + awayMs);
    deps.log.warn("an MCP server's tools could not be compared", {
      toolId: tool.toolId,
      cause: error,
    });
    return tool;
  }
}

/**
 * Compares a server's tools with those that were approved, and pauses what is another now.
 * @throws ServerFailed; the signal's reason
 */
export async function refresh(deps: RemoteDeps, tool: Mcp, signal: AbortSignal): Promise<Mcp> {
  const { table, http, secrets, clock } = deps;
  const limits = { timeMs: compareTimeMs, signal };
  const now = await listRemote(http, await serverOf(secrets, tool), limits);
  const setting = compared(tool.setting, now, clock.now());
  const next = { ...tool, setting, updatedAt: Math.max(clock.now(), tool.updatedAt + 1) };
  // Where somebody has changed it meanwhile, theirs stands, and is compared the next time.
  await Tools.replace(table, tool, next);
  return next;
}
