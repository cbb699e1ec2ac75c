import type { Tools } from "@outlet/core/bots/tools";
import * as Problem from "@outlet/core/foundation/problem";
import type * as v from "valibot";
import type { ControlApiDeps } from "../deps.ts";
import type { Exchange } from "../../tools/exchange.ts";
import { callOperation } from "../../tools/http-tool.ts";
import { callRemote } from "../../tools/mcp-tool.ts";
import { isHttp, isMcp } from "../../tools/remote.ts";
import type { Try } from "./input.ts";

type Deps = Pick<ControlApiDeps, "http" | "secrets" | "ids">;

/**
 * Calls a function of a tool as a run would, with the owner's input in place of the model's. One that
 * is paused may be tried: that is how its owner finds out what has changed.
 * @throws ProblemError `invalid_request`
 */
export async function tryTool(
  deps: Deps,
  tool: Tools.Info,
  { name, input }: v.InferOutput<typeof Try>,
): Promise<Exchange> {
  const call = { input, idempotencyKey: `test-${deps.ids.ulid()}` };
  const signal = AbortSignal.timeout(tool.limits.timeMs);
  try {
    if (isHttp(tool)) {
      const operation = tool.setting.operations.find((one) => one.name === name);
      if (operation) return await callOperation(deps, tool, operation, call, signal);
    }
    if (isMcp(tool)) {
      const picked = tool.setting.tools.find((one) => one.name === name);
      if (picked) return await callRemote(deps, tool, picked, call, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const reason = `The tool did not answer within ${Math.ceil(tool.limits.timeMs / 1_000)} seconds.`;
    const request = { method: "", url: "", headers: {}, body: JSON.stringify(input) };
    return { request, status: null, outcome: { outcome: "error", reason } };
  }
  throw new Problem.ProblemError("invalid_request", {
    message:
      "The tool has no such function, or is one of the bot's own, which the playground tries.",
    param: "name",
  });
}
