import type { Tool } from "./queries.ts";

export interface Callable {
  name: string;
  description: string;
  inputSchema: Record<string, unknown>;
  isSafeToRepeat: boolean;
  /** What it is where it lies: `GET /orders/{id}`. */
  key: string;
}

/** What the model may call of it. */
export const functionsOf = ({ setting }: Tool): Callable[] => {
  if (setting.kind === "http") return setting.operations;
  if (setting.kind !== "mcp") return [];
  return setting.tools.map((tool) => ({ ...tool, key: tool.remoteName }));
};
export const titleOf = ({ setting }: Tool): string => {
  if (setting.kind === "http" || setting.kind === "mcp") return setting.title;
  return setting.kind === "bot" ? setting.name : setting.kind;
};
export const addressOf = ({ setting }: Tool): string => {
  if (setting.kind === "http") return setting.baseUrl;
  if (setting.kind === "mcp") return setting.url;
  return setting.kind === "bot" ? setting.description : "";
};
const ownNames = { knowledge: "search_knowledge", calculator: "calculate", time: "current_time" };
const namesOf = ({ setting }: Tool): string[] => {
  if (setting.kind === "bot") return [setting.name];
  if (setting.kind === "http") return setting.operations.map(({ name }) => name);
  return setting.kind === "mcp" ? setting.tools.map(({ name }) => name) : [ownNames[setting.kind]];
};

/** What a model takes for a name, and no other function of the bot has. */
export function freeName(wanted: string, tools: readonly Tool[]): string {
  const taken = new Set(tools.flatMap(namesOf));
  const letters = wanted.replace(/[^a-zA-Z0-9-]+/g, "_").replace(/_$/, "");
  const base = /^.{1,60}/.exec(letters)?.[0] ?? "tool";
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}_${n}`;
    if (!taken.has(name)) return name;
  }
}

/** What is not offered until its owner approves. */
export const pausedOf = ({ setting }: Tool) =>
  setting.kind === "mcp" ? setting.tools.filter(({ pause }) => pause !== null) : [];
