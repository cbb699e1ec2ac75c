import * as Text from "@outlet/core/foundation/text";
import type { OpenApi } from "@outlet/core/bots/openapi";
import type { Tools } from "@outlet/core/bots/tools";
import type { RemoteTool } from "../../tools/mcp-session.ts";
import { toldSchema } from "../../tools/remote.ts";
import type { Exchange } from "../../tools/exchange.ts";
import { time } from "../views.ts";

const json = (text: string): Record<string, unknown> => JSON.parse(text);

const functionView = ({ name, description, inputSchema, isSafeToRepeat }: Tools.Function) => ({
  name,
  description,
  inputSchema: json(inputSchema),
  isSafeToRepeat,
});

/** Without secrets, which nobody reads back: a credential is there, or it is not. */
export function toolView({ toolId, setting, limits, createdAt, updatedAt }: Tools.Info) {
  return {
    toolId,
    setting: settingView(setting),
    limits,
    createdAt: time(createdAt),
    updatedAt: time(updatedAt),
  };
}

function settingView(setting: Tools.Setting) {
  switch (setting.kind) {
    case "http":
      return httpView(setting);
    case "mcp":
      return mcpView(setting);
    default:
      return setting;
  }
}

function httpView({
  kind,
  title,
  baseUrl,
  hosts,
  credential,
  operations,
}: Tools.SettingOf<"http">) {
  return {
    kind,
    title,
    baseUrl,
    hosts,
    credential: credential ? credentialView(credential) : null,
    operations: operations.map((operation) => ({
      key: operation.key,
      ...functionView({ ...operation, inputSchema: toldSchema(operation) }),
      parameters: operation.parameters.map(({ member, in: place, required }) => ({
        member,
        in: place,
        required,
      })),
      fixed: Object.fromEntries(
        Object.entries(operation.fixed).map(([name, text]): [string, unknown] => [
          name,
          JSON.parse(text),
        ]),
      ),
      responsePath: operation.responsePath,
    })),
  };
}

const credentialView = (credential: Tools.Credential) => ({
  kind: credential.kind,
  name: "name" in credential ? credential.name : null,
  username: credential.kind === "basic" ? credential.username : null,
});

const mcpView = ({
  kind,
  title,
  url,
  hosts,
  headers,
  checkedAt,
  tools,
}: Tools.SettingOf<"mcp">) => ({
  kind,
  title,
  url,
  hosts,
  headers: headers.map(({ name }) => ({ name })),
  checkedAt: time(checkedAt),
  tools: tools.map((tool) => ({
    remoteName: tool.remoteName,
    ...functionView(tool),
    pause: tool.pause && {
      cause: tool.pause.cause,
      definition: tool.pause.definition && {
        ...tool.pause.definition,
        inputSchema: json(tool.pause.definition.inputSchema),
      },
    },
  })),
});

/** Schemas come with the tool: a document may describe a thousand operations. */
export const documentView = ({
  title,
  version,
  servers,
  schemes,
  operations,
}: OpenApi.Document) => ({
  title,
  version,
  servers,
  schemes,
  operations: operations.map(
    ({ key, name, method, path, description, parameters, isSafeToRepeat, refusal }) => ({
      key,
      name,
      method,
      path,
      description: Text.cut(description, 300),
      parameters: parameters.map(({ member, in: place, required }) => ({
        member,
        in: place,
        required,
      })),
      isSafeToRepeat,
      refusal,
    }),
  ),
});

export const remoteView = ({
  remoteName,
  description,
  inputSchema,
  isSafeToRepeat,
  refusal,
}: RemoteTool) => ({
  remoteName,
  description,
  inputSchema: json(inputSchema),
  isSafeToRepeat,
  refusal,
});

export const exchangeView = ({ request, status, outcome }: Exchange, ms: number) => ({
  request,
  status,
  ms,
  outcome: outcome.outcome,
  content: outcome.outcome === "ok" ? outcome.content : outcome.reason,
});
