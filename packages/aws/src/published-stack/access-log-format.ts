/**
 * One JSON line per request. The values are `$context` variables of API Gateway:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 * `identity.apiKey` is the key's value and never belongs here; `identity.apiKeyId` names the key.
 *
 * API Gateway writes values as they are: a quotation mark in one ends the JSON, and with it the line
 * for every metric filter. So nothing that a client words is here: no user agent or message, and the
 * path only as our authorizer has encoded it; of what was refused before it there is none.
 */
const fields = {
  requestId: "$context.requestId",
  extendedRequestId: "$context.extendedRequestId",
  requestTimeEpoch: "$context.requestTimeEpoch",
  apiId: "$context.apiId",
  stage: "$context.stage",
  httpMethod: "$context.httpMethod",
  resourcePath: "$context.resourcePath",
  protocol: "$context.protocol",
  status: "$context.status",
  responseLength: "$context.responseLength",
  responseLatency: "$context.responseLatency",
  integrationLatency: "$context.integrationLatency",
  integrationStatus: "$context.integrationStatus",
  sourceIp: "$context.identity.sourceIp",
  keyId: "$context.identity.apiKeyId",
  /** Our own id of the key, where there is one: the gateway's says nothing once the key is gone. */
  principal: "$context.authorizer.principalId",
  path: "$context.authorizer.path",
  errorType: "$context.error.responseType",
  wafStatus: "$context.waf.status",
  wafResponse: "$context.wafResponseCode",
} as const;

/** @returns the format of a stage's access log; the bot's id stands in every line literally. */
export function createAccessLogFormat(botId: string): string {
  return JSON.stringify({ botId, ...fields });
}
