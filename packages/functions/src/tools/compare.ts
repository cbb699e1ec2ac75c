import type { Tools } from "@outlet/core/bots/tools";
import type { RemoteTool } from "./mcp-session.ts";

type Setting = Tools.SettingOf<"mcp">;
type Picked = Setting["tools"][number];

/** The setting with what a server says now: what has changed or is gone is paused. */
export function compared(setting: Setting, now: readonly RemoteTool[], at: number): Setting {
  const byName = new Map(now.map((tool) => [tool.remoteName, tool]));
  return {
    ...setting,
    checkedAt: at,
    tools: setting.tools.map((tool) => ({
      ...tool,
      pause: pauseOf(tool, byName.get(tool.remoteName)),
    })),
  };
}

function pauseOf(tool: Picked, now: RemoteTool | undefined): Picked["pause"] {
  if (!now || now.refusal !== null) return { cause: "gone", definition: null };
  if (now.digest === tool.digest) return null;
  const { description, inputSchema, isSafeToRepeat, digest } = now;
  return { cause: "changed", definition: { description, inputSchema, isSafeToRepeat, digest } };
}

/** The tool with the definition that its owner has seen. @returns nothing where it is another by now. */
export function approved(tool: Picked, digest: string): Picked | undefined {
  const definition = tool.pause?.definition;
  if (!definition || definition.digest !== digest) return undefined;
  return { ...tool, ...definition, pause: null };
}
