import * as Tools from "@outlet/core/bots/tools";
import type { Caller } from "@outlet/core/foundation/caller";
import * as Problem from "@outlet/core/foundation/problem";
import type * as v from "valibot";
import type { ControlApiDeps } from "../deps.ts";
import { approved } from "../../tools/compare.ts";
import type { Mcp } from "../../tools/remote.ts";
import type { Approve, Put, WriteSecret } from "./input.ts";
import { SecretPlan, secretIdsOf } from "./secrets.ts";
import { settingOf } from "./settings.ts";

type Deps = Pick<ControlApiDeps, "table" | "http" | "secrets" | "ids" | "clock">;

/** Of one bot. The model is told of all that are allowed with every request. */
const toolsMax = 50;

/** @throws ProblemError `invalid_request`, `conflict` */
export async function put(
  deps: Deps,
  caller: Caller.Info,
  botId: string,
  { setting: input, limits }: v.InferOutput<typeof Put>,
  present: Tools.Info | undefined,
): Promise<Tools.Info> {
  const plan = new SecretPlan(deps, botId);
  const setting = await settingOf(deps, input, { caller, botId, plan, present });
  const others = (await Tools.list(deps.table, botId)).filter(
    ({ toolId }) => toolId !== present?.toolId,
  );
  requireRoom(others, setting);
  const now = deps.clock.now();
  const tool: Tools.Info = {
    botId,
    toolId: present?.toolId ?? deps.ids.ulid(),
    setting,
    limits,
    createdAt: present?.createdAt ?? now,
    updatedAt: present ? Math.max(now, present.updatedAt + 1) : now,
  };
  await plan.write();
  await store(deps, present, tool);
  return tool;
}

/** In the place of that very version; secrets that are named no more go after. */
async function store(deps: Deps, present: Tools.Info | undefined, tool: Tools.Info): Promise<void> {
  if (!present) return Tools.put(deps.table, tool);
  if (!(await Tools.replace(deps.table, present, tool))) {
    throw new Problem.ProblemError("conflict", "The tool was changed meanwhile. Load it again.");
  }
  const kept = new Set(secretIdsOf(tool.setting));
  for (const secretId of secretIdsOf(present.setting)) {
    if (!kept.has(secretId)) await deps.secrets.remove(tool.botId, secretId);
  }
}

/** A name leads to one function, and a kind that is the bot's own is there once. */
function requireRoom(others: readonly Tools.Info[], setting: Tools.Setting): void {
  const refuse = (param: string, message: string) => {
    throw new Problem.ProblemError("invalid_request", { message, param });
  };
  const remedy = Object.hasOwn(builtIn, setting.kind)
    ? "Give that one another name first."
    : "Give this one another name.";
  if (others.length >= toolsMax) refuse("setting", `A bot has at most ${toolsMax} tools.`);
  const taken = new Set(others.flatMap((tool) => namesOf(tool.setting)));
  for (const [i, name] of namesOf(setting).entries()) {
    if (taken.has(name))
      refuse(paramOf(setting, i), `The bot has another function "${name}". ${remedy}`);
    taken.add(name);
  }
}

function paramOf({ kind }: Tools.Setting, i: number): string {
  if (kind === "http") return `setting.operations[${i}].name`;
  if (kind === "mcp") return `setting.tools[${i}].name`;
  return kind === "bot" ? "setting.name" : "setting.kind";
}

/** What a model calls it by. */
function namesOf(setting: Tools.Setting): string[] {
  switch (setting.kind) {
    case "http":
      return setting.operations.map(({ name }) => name);
    case "mcp":
      return setting.tools.map(({ name }) => name);
    case "bot":
      return [setting.name];
    default:
      return [builtIn[setting.kind]];
  }
}

const builtIn = { knowledge: "search_knowledge", calculator: "calculate", time: "current_time" };

export async function remove(deps: Deps, { botId, toolId, setting }: Tools.Info): Promise<void> {
  await Tools.remove(deps.table, botId, toolId);
  for (const secretId of secretIdsOf(setting)) await deps.secrets.remove(botId, secretId);
}

/** @throws ProblemError `invalid_request`, `conflict` */
export async function writeSecret(
  deps: Deps,
  present: Tools.Info,
  { header, value }: v.InferOutput<typeof WriteSecret>,
): Promise<void> {
  const secretId = deps.ids.ulid();
  const setting = withSecret(present.setting, header, secretId);
  if (!setting) {
    throw new Problem.ProblemError("invalid_request", {
      message: header
        ? "The tool sends no header of that name. Put it into the tool's setting first."
        : "The tool has no credential. Say of which kind it is in the tool's setting first.",
      param: header ? "header" : "value",
    });
  }
  await deps.secrets.put(present.botId, secretId, value);
  const updatedAt = Math.max(deps.clock.now(), present.updatedAt + 1);
  await store(deps, present, { ...present, setting, updatedAt });
}

function withSecret(
  setting: Tools.Setting,
  header: string | undefined,
  secretId: string,
): Tools.Setting | undefined {
  if (setting.kind === "http" && header === undefined) {
    return setting.credential
      ? { ...setting, credential: { ...setting.credential, secretId } }
      : undefined;
  }
  if (setting.kind !== "mcp" || header === undefined) return undefined;
  const isIt = ({ name }: { name: string }) => name.toLowerCase() === header.toLowerCase();
  if (!setting.headers.some(isIt)) return undefined;
  return {
    ...setting,
    headers: setting.headers.map((one) => (isIt(one) ? { ...one, secretId } : one)),
  };
}

/** @throws ProblemError `not_found`, `conflict` where its definition is another by now. */
export async function approve(
  deps: Deps,
  present: Mcp,
  { remoteName, digest }: v.InferOutput<typeof Approve>,
): Promise<Tools.Info> {
  const paused = present.setting.tools.find((tool) => tool.remoteName === remoteName);
  if (!paused)
    throw new Problem.ProblemError("not_found", "The bot has no such tool of this server.");
  const next = approved(paused, digest);
  if (!next) {
    const message =
      "Its definition is another one by now, or it is not paused. Load it again and look at it.";
    throw new Problem.ProblemError("conflict", message);
  }
  const tools = present.setting.tools.map((tool) => (tool === paused ? next : tool));
  const updatedAt = Math.max(deps.clock.now(), present.updatedAt + 1);
  const tool = { ...present, setting: { ...present.setting, tools }, updatedAt };
  await store(deps, present, tool);
  return tool;
}
