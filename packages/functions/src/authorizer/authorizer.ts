import * as Budget from "@outlet/core/publishing/budget";
import * as Key from "@outlet/core/publishing/key";
import type { Clock, Log, Table } from "@outlet/core/ports";
import * as Layout from "@outlet/core/store/layout";
import * as Text from "@outlet/core/foundation/text";
import * as Publication from "@outlet/core/publishing/publication";
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from "aws-lambda";
import type { AuthorizerContext } from "../published-api/identity.ts";

export interface AuthorizerDeps extends Key.Peppered {
  table: Table;
  clock: Clock;
  log: Log;
}

export type AuthorizerHandler = (
  event: APIGatewayRequestAuthorizerEvent,
) => Promise<APIGatewayAuthorizerResult>;

/**
 * The REQUEST authorizer of all published bots: turns a presented secret into the key and client it
 * belongs to, and into the value that the gateway's usage plan counts by. Its answers must not be
 * cached: a revoked key dies at the next request.
 */
export function createAuthorizer(deps: AuthorizerDeps): AuthorizerHandler {
  return async function authorize(event) {
    const botId = event.stageVariables?.botId;
    const secret = presentedSecret(event);
    const path = loggable(event.path);
    const denial = denialOf(path);
    if (!botId || !secret) return denial;
    const beside = [Layout.publication(botId)];
    const { key, others } = await Key.authenticate(deps, botId, secret, beside);
    const [item] = others;
    if (!key || !item) return denial;
    const publication = Publication.fromItem(deps.table, item);
    if (!Publication.isOpen(publication)) return denial;
    if (!Key.admits(key, originOf(event))) return denial;
    await Key.touch(deps, key);
    const context: AuthorizerContext = {
      botId,
      keyId: key.keyId,
      clientId: key.clientId,
      paused: Publication.isPaused(publication) ? "true" : "false",
      allowedOrigins: JSON.stringify(publication.allowedOrigins),
      scopes: key.scopes.join(","),
      retentionDays: String(publication.retentionDays),
      callerInstructions: publication.callerInstructions,
      utilityCalls: publication.utilityCalls,
      streaming: publication.streaming,
      tellsOwner: publication.webhook ? "true" : "false",
      callerWebhooks: publication.callerWebhooks,
      limits: JSON.stringify(limitsOf(publication, key)),
    };
    const payers = Budget.payersOf(publication, key);
    if (payers.length > 0) context.budgets = JSON.stringify(payers);
    return {
      principalId: key.keyId,
      policyDocument: policy("Allow", wholeStage(event.methodArn)),
      usageIdentifierKey: Key.gatewayKey(deps, key).value,
      context: { ...context, path },
    };
  };
}

const limitsOf = ({ throttle, quota, stack }: Publication.Info, key: Key.Info) => ({
  throttle,
  quota,
  stack,
  ...((key.throttle || key.quota) && { own: { throttle: key.throttle, quota: key.quota } }),
});

/** `x-api-key`, or `Authorization: Bearer`; headers come in the client's own spelling. */
function presentedSecret(event: APIGatewayRequestAuthorizerEvent): string | undefined {
  let apiKey: string | undefined;
  let bearer: string | undefined;
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    const lower = name.toLowerCase();
    if (lower === "x-api-key") apiKey = value?.trim();
    if (lower === "authorization") bearer = /^Bearer +(\S+) *$/i.exec(value ?? "")?.[1];
  }
  return apiKey || bearer;
}

/** Where a request comes from, as the gateway saw it: a header may say anything. */
function originOf({ headers, requestContext }: APIGatewayRequestAuthorizerEvent) {
  const [, origin] =
    Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "origin") ?? [];
  return { ip: requestContext.identity.sourceIp, origin };
}

/** `arn:…:{api}/{stage}/*`: a policy for one method would refuse the next one where it is cached. */
const wholeStage = (methodArn: string): string => `${methodArn.split("/").slice(0, 2).join("/")}/*`;

const policy = (Effect: "Allow" | "Deny", Resource: string) => ({
  Version: "2012-10-17",
  Statement: [{ Action: "execute-api:Invoke", Effect, Resource }],
});

/** Of everything: the method's ARN holds the path as the caller sent it, stars and all. */
const denialOf = (path: string): APIGatewayAuthorizerResult => ({
  principalId: "nobody",
  policyDocument: policy("Deny", "*"),
  context: { path },
});

const loggedPathMax = 300;

/** A path for the access log, which the gateway writes as it is: nothing in it ends a JSON string. */
function loggable(path: string | undefined): string {
  const encoded = (path ?? "")
    .toWellFormed()
    .replace(/[^\w/.~:@!$&()*+,;=%-]+/g, encodeURIComponent);
  return Text.cut(encoded.replace(/['"\\]/g, ""), loggedPathMax);
}
