import type { APIGatewayProxyEvent } from "aws-lambda";
import { EventRequest } from "../http/event-request.ts";

/**
 * The request that an event of a REST API tells of, as `hono/aws-lambda` makes it.
 * @throws TypeError for what is no request, such as a TRACE.
 */
export function toRequest(event: APIGatewayProxyEvent): Request {
  const headers = headersOf(event);
  const query = queryOf(event);
  const host = event.requestContext.domainName ?? headers.get("host");
  const url = `https://${host}${event.path}${query && `?${query}`}`;
  const bytes = event.body
    ? Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8")
    : undefined;
  if (bytes) headers.set("content-length", String(bytes.length));
  const method = event.httpMethod;
  const isUsual = (bytes ? withBody : [...withBody, "GET", "HEAD"]).includes(method);
  if (isUsual) return new EventRequest(new URL(url).href, { method, headers, bytes });
  // Whether that is a request at all, the platform knows.
  return new Request(url, { method, headers, ...(bytes && { body: bytes }) });
}

const withBody = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

function headersOf({ multiValueHeaders, headers: single }: APIGatewayProxyEvent): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    for (const value of values ?? []) headers.append(name, headerSafe(value));
  }
  for (const [name, value] of Object.entries(single ?? {})) {
    if (value && !headers.has(name)) headers.set(name, headerSafe(value));
  }
  return headers;
}

/** `Headers` takes bytes alone. */
const headerSafe = (value: string): string =>
  foreign.test(value) ? encodeURIComponent(value) : value;

const foreign = /[^\p{ASCII}]/u;

function queryOf(event: APIGatewayProxyEvent): string {
  const several = event.multiValueQueryStringParameters;
  const pairs = several
    ? Object.entries(several).flatMap(([name, values]) =>
        (values ?? []).map((value) => [name, value]),
      )
    : Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, value ?? ""]);
  return pairs
    .map((pair) => pair.map((part) => encodeURIComponent(part ?? "")).join("="))
    .join("&");
}
