import * as OpenApi from "@outlet/core/bots/openapi";
import type { Tools } from "@outlet/core/bots/tools";
import * as Text from "@outlet/core/foundation/text";
import {
  type Http,
  type HttpRequest,
  HttpRefused,
  type HttpResponse,
  type SecretStore,
  type ToolCall,
} from "@outlet/core/ports";
import type { Exchange } from "./exchange.ts";
import { redacted } from "./redact.ts";

export interface ToolDeps {
  http: Http;
  secrets: SecretStore;
}

type Setting = Tools.SettingOf<"http">;
type Operation = Setting["operations"][number];
type Call = Pick<ToolCall, "input" | "idempotencyKey">;

/** Calls an operation of a service. Whatever the service does is an outcome. */
export async function callOperation(
  { http, secrets }: ToolDeps,
  tool: Tools.Info & { setting: Setting },
  operation: Operation,
  { input, idempotencyKey }: Call,
  signal: AbortSignal,
): Promise<Exchange> {
  const { setting, limits } = tool;
  const credential = setting.credential ?? null;
  let request: HttpRequest;
  try {
    request = OpenApi.requestOf(setting.baseUrl, operation, input);
  } catch (error) {
    if (!(error instanceof OpenApi.BadInput)) throw error;
    return {
      request: nothingSent(setting, operation),
      status: null,
      outcome: failed(error.message),
    };
  }
  if (!operation.isSafeToRepeat) {
    request = { ...request, headers: { ...request.headers, "idempotency-key": idempotencyKey } };
  }
  const secret = credential ? await secrets.get(tool.botId, credential.secretId) : undefined;
  const known = secretsOf(credential, secret);
  const shown = { ...shownRequest(request), url: request.url };
  if (credential && secret === undefined) {
    const reason = "The tool's credential is missing. Its owner has to write it again.";
    return { request: shown, status: null, outcome: failed(reason) };
  }
  const sent = withCredential(request, credential, secret ?? "");
  const exchange = await exchangeOf(http, sent, operation, {
    timeoutMs: limits.timeMs,
    responseBytesMax: OpenApi.answerBytesMax,
    hosts: setting.hosts,
    signal,
  });
  return { request: shown, ...clean(exchange, known) };
}

const failed = (reason: string) => ({ outcome: "error" as const, reason });

const nothingSent = ({ baseUrl }: Setting, { method, path }: Operation): Exchange["request"] => ({
  method: method.toUpperCase(),
  url: baseUrl + path,
  headers: {},
  body: null,
});

const shownRequest = ({ method = "GET", headers = {}, url, body }: HttpRequest) => ({
  method,
  url,
  headers,
  body: typeof body === "string" ? body : null,
});

/** The secret, and what is made of it. */
function secretsOf(credential: Tools.Credential | null, secret: string | undefined): string[] {
  if (secret === undefined || secret === "") return [];
  if (credential?.kind !== "basic") return [secret];
  return [secret, `${credential.username}:${secret}`];
}

function withCredential(
  request: HttpRequest,
  credential: Tools.Credential | null,
  secret: string,
): HttpRequest {
  if (!credential) return request;
  const header = (name: string, value: string): HttpRequest => {
    const others = Object.entries(request.headers ?? {}).filter(
      ([other]) => other.toLowerCase() !== name.toLowerCase(),
    );
    return { ...request, headers: { ...Object.fromEntries(others), [name]: value } };
  };
  switch (credential.kind) {
    case "header":
      return header(credential.name, secret);
    case "bearer":
      return header("authorization", `Bearer ${secret}`);
    case "basic": {
      const pair = Buffer.from(`${credential.username}:${secret}`).toString("base64");
      return header("authorization", `Basic ${pair}`);
    }
    case "query": {
      const url = new URL(request.url);
      url.searchParams.set(credential.name, secret);
      return { ...request, url: url.href };
    }
  }
}

async function exchangeOf(
  http: Http,
  request: HttpRequest,
  { responsePath, isSafeToRepeat }: Operation,
  limits: Parameters<Http["send"]>[1],
): Promise<Omit<Exchange, "request">> {
  let status: number | null = null;
  try {
    const response = await http.send(request, limits);
    status = response.status;
    const body = await read(response);
    const contentType = response.headers["content-type"] ?? "";
    const answer = { status, contentType, body };
    if (status >= 200 && status < 300) {
      return {
        status,
        outcome: { outcome: "ok", content: OpenApi.contentOf(answer, responsePath) },
      };
    }
    const said = Text.shorten(OpenApi.contentOf(answer, null), 2_000);
    return { status, outcome: failed(`The service answered ${status}: ${said}`) };
  } catch (error) {
    if (!(error instanceof HttpRefused)) throw error;
    const isUnknown = !isSafeToRepeat && status === null && mayHaveArrived(error);
    if (!isUnknown) return { status, outcome: failed(error.message) };
    const reason = `${error.message} Whether the service did what was asked is not known.`;
    return { status, outcome: { outcome: "unknown", reason } };
  }
}

/** Whether the request may have been carried out although no answer came. */
function mayHaveArrived({ code, cause }: HttpRefused): boolean {
  if (code === "timeout" || code === "invalid_response") return true;
  const why = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return code === "unreachable" && why !== "ECONNREFUSED";
}

async function read(response: HttpResponse): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body) pieces.push(piece);
  return Buffer.concat(pieces);
}

function clean(exchange: Omit<Exchange, "request">, secrets: string[]): Omit<Exchange, "request"> {
  const { outcome } = exchange;
  if (outcome.outcome === "ok") {
    return { ...exchange, outcome: { ...outcome, content: redacted(outcome.content, secrets) } };
  }
  return { ...exchange, outcome: { ...outcome, reason: redacted(outcome.reason, secrets) } };
}
