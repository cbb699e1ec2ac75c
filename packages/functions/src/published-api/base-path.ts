import type { APIGatewayProxyEvent } from "aws-lambda";

/**
 * An event as the bot's own address would give it. Called through a custom domain, API Gateway puts
 * the base path of the mapping before the path (seen in
 * https://github.com/awslabs/aws-serverless-express/issues/216); the stage says which that is.
 */
export function withoutBasePath(event: APIGatewayProxyEvent): APIGatewayProxyEvent {
  const basePath = event.stageVariables?.basePath;
  const prefix = `/${basePath}`;
  if (!basePath || (event.path !== prefix && !event.path.startsWith(`${prefix}/`))) return event;
  return { ...event, path: event.path.slice(prefix.length) || "/" };
}

/**
 * An event as a request can be made of it: a GET or HEAD with a body means nothing by it (RFC 9110
 * §9.3.1), and `Request` refuses one; an empty segment comes of a base URL that ends in a slash.
 */
export function asRequested(event: APIGatewayProxyEvent): APIGatewayProxyEvent {
  const path = event.path.replace(/\/{2,}/g, "/");
  const isBodiless = event.httpMethod === "GET" || event.httpMethod === "HEAD";
  return isBodiless ? { ...event, path, body: null, isBase64Encoded: false } : { ...event, path };
}
