import * as Bot from "@outlet/core/bots/bot";
import * as OpenApi from "@outlet/core/bots/openapi";
import type { Tools } from "@outlet/core/bots/tools";
import type { Caller } from "@outlet/core/foundation/caller";
import * as Problem from "@outlet/core/foundation/problem";
import * as Text from "@outlet/core/foundation/text";
import { collectBody, HttpRefused } from "@outlet/core/ports";
import type { ControlApiDeps } from "../deps.ts";
import { listRemote, type RemoteTool, type Server, ServerFailed } from "../../tools/mcp-session.ts";
import type { HttpInput, McpInput, SettingInput, Source } from "./input.ts";
import type { SecretPlan } from "./secrets.ts";

type Deps = Pick<ControlApiDeps, "table" | "http" | "secrets" | "ids" | "clock">;

/** So long at most with all its schemas: an item of the table holds 400 KB. */
const settingMax = 250_000;
const lookMs = 20_000;

const wrong = (param: string, message: string, cause?: unknown) =>
  new Problem.ProblemError("invalid_request", { message, param }, { cause });

interface Place {
  caller: Caller.Info;
  botId: string;
  plan: SecretPlan;
  /** The tool as it is; nothing where it is new. */
  present: Tools.Info | undefined;
}

/**
 * What a tool is to be, with ids in the place of secrets.
 * @throws ProblemError `invalid_request`
 */
export async function settingOf(
  deps: Deps,
  input: SettingInput,
  { caller, botId, plan, present }: Place,
): Promise<Tools.Setting> {
  if (present && present.setting.kind !== input.kind) {
    throw wrong("setting.kind", "A tool stays of its kind. Remove it and add another.");
  }
  switch (input.kind) {
    case "http":
      return bounded(await httpSetting(deps, input, plan, present?.setting));
    case "mcp":
      return bounded(await mcpSetting(deps, input, plan, present?.setting));
    case "bot":
      await requireOther(deps, caller, botId, input.botId);
      return input;
    default:
      return input;
  }
}

/** A bot asks none that its owner could not: it would tell what it says. */
async function requireOther(
  { table }: Deps,
  caller: Caller.Info,
  botId: string,
  otherId: string,
): Promise<void> {
  if (otherId === botId) throw wrong("setting.botId", "A bot does not ask itself. Name another.");
  try {
    await Bot.visibleTo(table, caller, otherId);
  } catch (error) {
    if (!(error instanceof Problem.ProblemError)) throw error;
    throw wrong("setting.botId", "There is no such bot among those that you see.", error);
  }
}

function bounded<T extends Tools.Setting>(setting: T): T {
  if (JSON.stringify(setting).length <= settingMax) return setting;
  throw wrong("setting", "What it describes is too long for one tool. Pick fewer functions.");
}

async function httpSetting(
  deps: Deps,
  input: HttpInput,
  plan: SecretPlan,
  before: Tools.Setting | undefined,
): Promise<Tools.SettingOf<"http">> {
  const present = before?.kind === "http" ? before : undefined;
  const { title, baseUrl, operations } = input;
  const known = await operationsOf(deps, input, present);
  const picked = operations.map((one, i) =>
    pick(one, known.get(one.key), `setting.operations[${i}]`),
  );
  return {
    kind: "http",
    title,
    baseUrl,
    hosts: input.hosts ?? [hostOf(baseUrl)],
    credential: plan.credential(input, present),
    operations: picked,
  };
}

type Stored = Tools.SettingOf<"http">["operations"][number];

/** By key: those of the document, or without one those that the tool has. */
async function operationsOf(
  deps: Deps,
  input: HttpInput,
  present: Tools.SettingOf<"http"> | undefined,
): Promise<Map<string, Stored | { refusal: string }>> {
  if (input.document === undefined && input.documentUrl === undefined) {
    if (!present) throw wrong("setting.document", "Send the OpenAPI document, or its address.");
    return new Map(present.operations.map((one) => [one.key, one]));
  }
  const { operations } = await readDocument(deps, input);
  return new Map(
    operations.map(({ refusal, ...one }) => [
      one.key,
      refusal === null
        ? { ...one, inputSchema: JSON.stringify(one.inputSchema), fixed: {}, responsePath: null }
        : { refusal },
    ]),
  );
}

/** @throws ProblemError `invalid_request` where it cannot be fetched or read. */
export async function readDocument(
  { http }: Pick<Deps, "http">,
  { document, documentUrl }: Source,
) {
  if (document !== undefined) return OpenApi.parse(document, documentUrl ?? null);
  if (documentUrl === undefined)
    throw wrong("document", "Send the OpenAPI document, or its address.");
  const limits = { timeoutMs: lookMs, responseBytesMax: OpenApi.jsonMax };
  try {
    const response = await http.send(
      { url: documentUrl, headers: { accept: "application/json, application/yaml, */*;q=0.1" } },
      limits,
    );
    const bytes = await collectBody(response);
    if (response.status !== 200) {
      throw wrong("documentUrl", `The address answered ${response.status}, not with a document.`);
    }
    return await OpenApi.parse(new TextDecoder().decode(bytes), response.url);
  } catch (error) {
    if (error instanceof HttpRefused) throw wrong("documentUrl", error.message, error);
    throw error;
  }
}

function pick(
  { key, name, description, fixed, responsePath }: HttpInput["operations"][number],
  found: Stored | { refusal: string } | undefined,
  param: string,
): Stored {
  if (!found)
    throw wrong(`${param}.key`, `There is no operation "${Text.cut(key, 100)}" in the document.`);
  if ("refusal" in found) throw wrong(`${param}.key`, found.refusal);
  const members = new Set(found.parameters.map(({ member }) => member));
  for (const member of Object.keys(fixed)) {
    if (members.has(member) || (member.startsWith("body.") && members.has("body"))) continue;
    throw wrong(
      `${param}.fixed.${member}`,
      `It takes ${[...members].join(", ") || "nothing"}, not ${Text.cut(member, 60)}.`,
    );
  }
  return {
    ...found,
    name: name ?? found.name,
    description: description ?? found.description,
    fixed: Object.fromEntries(
      Object.entries(fixed).map(([of, value]) => [of, JSON.stringify(value)]),
    ),
    responsePath,
  };
}

async function mcpSetting(
  deps: Deps,
  input: McpInput,
  plan: SecretPlan,
  before: Tools.Setting | undefined,
): Promise<Tools.SettingOf<"mcp">> {
  const present = before?.kind === "mcp" ? before : undefined;
  const { title, url } = input;
  const hosts = input.hosts ?? [hostOf(url)];
  const headers = plan.headers(input, present);
  const isSame = present?.url === url;
  const known = new Map((isSame ? present.tools : []).map((tool) => [tool.remoteName, tool]));
  const added = input.tools.filter(({ remoteName }) => !known.has(remoteName));
  // Those that are there stay as they were approved: only approving makes them another.
  const now =
    added.length === 0 ? [] : await look(deps, { url, hosts, headers: await plan.values(headers) });
  const found = new Map(now.map((tool) => [tool.remoteName, tool]));
  return {
    kind: "mcp",
    title,
    url,
    hosts,
    headers,
    checkedAt: isSame && added.length === 0 ? present.checkedAt : deps.clock.now(),
    tools: input.tools.map(({ remoteName, name }, i) => {
      const kept = known.get(remoteName);
      if (kept) return { ...kept, name: name ?? kept.name };
      const tool = found.get(remoteName);
      if (!tool || tool.refusal !== null) {
        const reason = tool?.refusal ?? `The server has no tool "${Text.cut(remoteName, 100)}".`;
        throw wrong(`setting.tools[${i}].remoteName`, reason);
      }
      const { refusal: _, ...definition } = tool;
      return { ...definition, name: name ?? OpenApi.nameOf(remoteName), pause: null };
    }),
  };
}

/** @throws ProblemError `invalid_request` where the server cannot be asked. */
export async function look({ http }: Pick<Deps, "http">, server: Server): Promise<RemoteTool[]> {
  try {
    const signal = AbortSignal.timeout(lookMs);
    return await listRemote(http, server, { timeMs: lookMs, signal });
  } catch (error) {
    if (error instanceof ServerFailed) throw wrong("url", error.message, error);
    if (error instanceof DOMException && error.name === "TimeoutError") {
      throw wrong("url", `The MCP server did not answer within ${lookMs / 1000} seconds.`, error);
    }
    throw error;
  }
}

export const hostOf = (address: string): string =>
  new URL(address).hostname.replace(/^\[|\]$/g, "");
