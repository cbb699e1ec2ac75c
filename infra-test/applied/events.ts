import type { Address } from "@outlet/core/conversations/run";

/** What API Gateway sends to a function behind one of a bot's routes. */
export const requestEvent = (
  botId: string,
  method: string,
  path: string,
  more: Record<string, unknown> = {},
) => ({
  resource: "/{proxy+}",
  path,
  httpMethod: method,
  headers: { "content-type": "application/json" } as Record<string, string>,
  multiValueHeaders: {},
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  stageVariables: { botId },
  body: null as string | null,
  isBase64Encoded: false,
  requestContext: {
    requestId: crypto.randomUUID(),
    stage: "api",
    identity: { sourceIp: "127.0.0.1" },
  },
  ...more,
});

/** The same once its authorizer has let it pass. */
export const authorizedEvent = (
  { botId, clientId }: Pick<Address, "botId" | "clientId">,
  method: string,
  path: string,
  body?: unknown,
) => {
  const event = requestEvent(botId, method, path, {
    body: body === undefined ? null : JSON.stringify(body),
  });
  const authorizer = {
    botId,
    keyId: "01KEY",
    clientId,
    paused: "false",
    allowedOrigins: "[]",
    retentionDays: "30",
  };
  return { ...event, requestContext: { ...event.requestContext, authorizer } };
};

export const authorizerEvent = (botId: string, secret: string) => ({
  ...requestEvent(botId, "GET", "/health"),
  type: "REQUEST",
  methodArn: "arn:aws:execute-api:us-east-1:111122223333:api/api/GET/health",
  headers: { authorization: `Bearer ${secret}` },
});

/** What SQS sends to the function that its queue feeds. */
export const batch = (...bodies: string[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `message-${index + 1}`,
    body,
    attributes: { ApproximateReceiveCount: "1" },
  })),
});

export const settled = { batchItemFailures: [] };
