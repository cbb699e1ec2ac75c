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
  return setting.kind === "mcp" ? setting.url : "";
};
/** What is not offered until its owner approves. */
export const pausedOf = ({ setting }: Tool) =>
  setting.kind === "mcp" ? setting.tools.filter(({ pause }) => pause !== null) : [];
