import type { Tools } from "@outlet/core/bots/tools";
import type { ToolCall } from "@outlet/core/ports";
import type { Exchange } from "./exchange.ts";
import type { ToolDeps } from "./http-tool.ts";
import { secretsOf, ServerFailed, serverOf, textOfResult, withServer } from "./mcp-session.ts";
import { redacted } from "./redact.ts";

type Setting = Tools.SettingOf<"mcp">;

/** Calls a tool of an MCP server. Whatever the server does is an outcome. */
export async function callRemote(
  { http, secrets }: ToolDeps,
  tool: Tools.Info & { setting: Setting },
  { remoteName, isSafeToRepeat }: Setting["tools"][number],
  { input }: Pick<ToolCall, "input">,
  signal: AbortSignal,
): Promise<Exchange> {
  const body = JSON.stringify({
    method: "tools/call",
    params: { name: remoteName, arguments: input },
  });
  const request = { method: "POST", url: tool.setting.url, headers: {}, body };
  let known: string[] = [];
  let isSent = false;
  try {
    const server = await serverOf(secrets, tool);
    known = secretsOf(server);
    const limits = { timeMs: tool.limits.timeMs, signal };
    const result = await withServer(http, server, limits, (client, options) => {
      isSent = true;
      return client.callTool({ name: remoteName, arguments: input }, options);
    });
    const text = redacted(textOfResult(result), known);
    if (result.isError)
      return { request, status: 200, outcome: { outcome: "error", reason: text || "It failed." } };
    return { request, status: 200, outcome: { outcome: "ok", content: text } };
  } catch (error) {
    if (!(error instanceof ServerFailed)) throw error;
    const reason = redacted(error.message, known);
    if (!isSent || error.isAnswer || isSafeToRepeat) {
      return { request, status: null, outcome: { outcome: "error", reason } };
    }
    const unknown = `${reason} Whether the server did what was asked is not known.`;
    return { request, status: null, outcome: { outcome: "unknown", reason: unknown } };
  }
}
