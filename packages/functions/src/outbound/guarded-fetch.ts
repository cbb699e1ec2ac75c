import { type Http, type HttpLimits, HttpRefused, type HttpRequest } from "@outlet/core/ports";

/** As clients that others wrote call it. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

export interface FetchLimits extends HttpLimits {
  /** Of all requests together: a server cannot keep a client busy for ever. */
  requestsMax: number;
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;
/** Whose responses have no body (RFC 9110, 6.4.1). */
const bodiless = new Set([204, 205, 304]);

/**
 * `fetch` through the guarded HTTP port, for clients that take one. It throws what the port throws.
 *
 * @example new StreamableHTTPClientTransport(url, { fetch: createGuardedFetch(http, limits) })
 */
export function createGuardedFetch(http: Http, limits: FetchLimits): Fetch {
  let requests = 0;
  return async function guardedFetch(url, init = {}) {
    requests += 1;
    if (requests > limits.requestsMax) {
      throw new HttpRefused("too_many_redirects", "It takes too many requests to get an answer.");
    }
    const asked = (init.method ?? "GET").toUpperCase();
    const method = methods.find((one) => one === asked);
    if (!method) throw new TypeError(`${asked} is not sent.`);
    const request: HttpRequest = {
      method,
      url: String(url),
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.body !== undefined && init.body !== null && { body: bodyOf(init.body) }),
    };
    const response = await http.send(request, {
      ...limits,
      ...(init.redirect === "manual" && { redirectsMax: 0 }),
      ...signalOf(limits.signal, init.signal),
    });
    const { status, headers } = response;
    // It has been unpacked.
    const { "content-encoding": _, "content-length": __, ...rest } = headers;
    const body = bodiless.has(status) ? null : streamOf(response.body);
    return new Response(body, {
      status: status < 200 || status > 599 ? 502 : status,
      headers: rest,
    });
  };
}

function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}

function bodyOf(body: NonNullable<RequestInit["body"]>): string | Uint8Array {
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError("Only text and bytes are sent.");
}

function signalOf(
  own: AbortSignal | undefined,
  given: AbortSignal | null | undefined,
): { signal?: AbortSignal } {
  const signals = [own, given].filter((one) => one !== undefined && one !== null);
  return signals.length > 0 ? { signal: AbortSignal.any(signals) } : {};
}
