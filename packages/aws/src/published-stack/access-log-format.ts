/**
 * One JSON line per request. The values are `$context` variables of API Gateway:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 * `identity.apiKey` is the key's value and never belongs here; `identity.apiKeyId` names the key.
 */
const fields = {
  requestId: "$context.requestId",
  extendedRequestId: "$context.extendedRequestId",
  requestTimeEpoch: "$context.requestTimeEpoch",
  apiId: "$context.apiId",
  stage: "$context.stage",
  httpMethod: "$context.httpMethod",
  path: "$context.path",
  resourcePath: "$context.resourcePath",
  protocol: "$context.protocol",
  status: "$context.status",
  responseLength: "$context.responseLength",
  responseLatency: "$context.responseLatency",
  integrationLatency: "$context.integrationLatency",
  integrationStatus: "$context.integrationStatus",
  integrationErrorMessage: "$context.integrationErrorMessage",
  sourceIp: "$context.identity.sourceIp",
  userAgent: "$context.identity.userAgent",
  keyId: "$context.identity.apiKeyId",
  errorType: "$context.error.responseType",
  errorMessage: "$context.error.message",
  wafStatus: "$context.waf.status",
  wafResponse: "$context.wafResponseCode",
} as const;

/** @returns the format of a stage's access log; the bot's id stands in every line literally. */
export function createAccessLogFormat(botId: string): string {
  return JSON.stringify({ botId, ...fields });
}
