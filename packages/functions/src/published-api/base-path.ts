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

/** `/v1//models` is what some clients make of a base URL that ends in a slash. */
export const withoutDoubleSlash = (event: APIGatewayProxyEvent): APIGatewayProxyEvent =>
  event.path.startsWith("/v1//") ? { ...event, path: event.path.replace(/\/{2,}/g, "/") } : event;
