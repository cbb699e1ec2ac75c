import { lookup as lookUp } from "node:dns/promises";
import type { IncomingMessage, RequestOptions } from "node:http";
import type { LookupFunction } from "node:net";
import {
  type Http,
  type HttpLimits,
  HttpRefused,
  type HttpRequest,
  type HttpResponse,
} from "@outlet/core/ports";
import { type Destination, type DestinationRules, findDestination } from "./destination.ts";
import { boundedBody } from "./response-body.ts";

export interface GuardedHttpOptions extends Partial<DestinationRules> {
  /** Authorities whose certificates are trusted besides the usual ones, in PEM. */
  ca?: string;
}

const defaults: DestinationRules = {
  resolve: (hostname) => lookUp(hostname, { all: true, order: "verbatim" }),
  ports: [80, 443, 8080, 8443],
  allow: [],
};

/** What may follow to another origin: nothing that names a person or a key. */
const harmless = new Set(["accept", "accept-language", "content-type", "user-agent"]);
/** Of the connection, not of the request: ours to say. */
const connectionHeaders = new Set(
  "connection host keep-alive proxy-authorization proxy-connection te trailer transfer-encoding upgrade content-length expect".split(
    " ",
  ),
);

/**
 * The HTTP port over Node's own client, with a fresh connection each time: what was checked is what
 * is connected to.
 *
 * @param options.allow lets tests and one's own machine in, address by address.
 * @example createGuardedHttp().send({ url }, { timeoutMs: 10_000, responseBytesMax: 1_000_000 })
 */
export function createGuardedHttp(options: GuardedHttpOptions = {}): Http {
  const rules = { ...defaults, ...options };
  return {
    async send(first, limits) {
      const deadline = AbortSignal.timeout(limits.timeoutMs);
      const signal = limits.signal ? AbortSignal.any([limits.signal, deadline]) : deadline;
      try {
        return await follow(first, { rules, limits, signal, ca: options.ca });
      } catch (error) {
        limits.signal?.throwIfAborted();
        throw refusal(error, deadline, limits.timeoutMs);
      }
    },
  };
}

interface Call {
  rules: DestinationRules;
  limits: HttpLimits;
  signal: AbortSignal;
  ca: string | undefined;
}

async function follow(first: HttpRequest, call: Call): Promise<HttpResponse> {
  const { limits, signal } = call;
  const redirectsMax = limits.redirectsMax ?? 3;
  let request = { ...first, headers: clean(first.headers ?? {}) };
  for (let hop = 0; ; hop++) {
    const destination = await unlessAborted(
      findDestination(request.url, call.rules, limits),
      signal,
    );
    const message = await exchange(request, destination, call);
    const next = redirectsMax > 0 ? redirected(request, destination.url, message) : undefined;
    if (!next) {
      return {
        status: message.statusCode ?? 0,
        url: destination.url.href,
        headers: flat(message.headers),
        body: boundedBody(message, limits, signal, (error) =>
          refusal(error, signal, limits.timeoutMs),
        ),
      };
    }
    message.destroy();
    if (hop >= redirectsMax) {
      throw new HttpRefused("too_many_redirects", `It redirects more than ${redirectsMax} times.`);
    }
    request = next;
  }
}

/** A name is looked up by the system, which cannot be told to stop: nobody waits for it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function exchange(
  { method = "GET", headers = {}, body }: HttpRequest,
  { url, addresses }: Destination,
  { signal, ca }: Call,
): Promise<IncomingMessage> {
  // Called for names; with a literal there is nothing to look up.
  const lookup: LookupFunction = (_hostname, options, done) => {
    const [one] = addresses;
    if (options.all) done(null, addresses);
    else done(null, one?.address ?? "", one?.family ?? 4);
  };
  const content = body === undefined ? undefined : Buffer.from(body);
  const options: RequestOptions & { rejectUnauthorized: true; ca?: string } = {
    method,
    headers: {
      "accept-encoding": "gzip, br, deflate",
      ...headers,
      ...(content && { "content-length": String(content.length) }),
    },
    lookup,
    signal,
    // No pool: a pooled connection was checked for somebody else's request.
    agent: false,
    // Said here, so that no variable of the environment can unsay it.
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
  };
  return new Promise((resolve, reject) => {
    // Not by import: see `lean/exchange.ts` of `@outlet/aws`.
    const { request } = process.getBuiltinModule(
      url.protocol === "https:" ? "node:https" : "node:http",
    );
    const req = request(url, options, (message) => {
      const reached = message.socket.remoteAddress ?? "";
      if (!addresses.some(({ address }) => same(address, reached))) {
        message.destroy();
        reject(new HttpRefused("address_not_public", "The connection led elsewhere."));
      } else resolve(message);
    });
    req.on("error", reject);
    req.on("upgrade", (_res, socket) => {
      socket.destroy();
      reject(new HttpRefused("invalid_response", "It answered in another protocol than HTTP."));
    });
    req.end(content);
  });
}

/** Spellings of one IPv6 address differ. */
const same = (a: string, b: string): boolean =>
  a === b || URL.parse(`http://[${a}]`)?.hostname === (URL.parse(`http://[${b}]`)?.hostname ?? "-");

/** The request that a redirect asks for (RFC 9110, 15.4), if it is one. */
function redirected(
  request: HttpRequest,
  from: URL,
  { statusCode = 0, headers }: IncomingMessage,
): (HttpRequest & { headers: Record<string, string> }) | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location) return undefined;
  const to = URL.parse(headers.location, from.href);
  if (!to) throw new HttpRefused("invalid_url", "It redirects to what is no address.");
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw new HttpRefused("scheme_not_allowed", "It redirects from https:// to http://.");
  }
  const method = request.method ?? "GET";
  const toGet =
    (statusCode === 303 && method !== "HEAD") || (statusCode < 303 && method === "POST");
  const kept = Object.entries(request.headers ?? {}).filter(
    ([name]) => to.origin === from.origin || harmless.has(name),
  );
  const { body, ...rest } = request;
  return {
    ...rest,
    url: to.href,
    method: toGet ? "GET" : method,
    headers: Object.fromEntries(kept.filter(([name]) => !toGet || name !== "content-type")),
    ...(!toGet && body !== undefined && { body }),
  };
}

function clean(headers: Record<string, string>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return Object.fromEntries(entries.filter(([name]) => !connectionHeaders.has(name ?? "")));
}

const flat = (headers: IncomingMessage["headers"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );

/** What went wrong, in words for whoever chose the address. */
function refusal(error: unknown, deadline: AbortSignal, timeoutMs: number): Error {
  if (error instanceof HttpRefused) return error;
  if (deadline.aborted) {
    const seconds = Math.round(timeoutMs / 100) / 10;
    return new HttpRefused("timeout", `It did not answer within ${seconds} seconds.`, {
      cause: error,
    });
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO|SSL/.test(code)) {
    return new HttpRefused("certificate", `Its certificate is not valid (${code}).`, {
      cause: error,
    });
  }
  if (code.startsWith("HPE_")) {
    return new HttpRefused("invalid_response", "It does not answer as HTTP does.", {
      cause: error,
    });
  }
  return new HttpRefused("unreachable", `It cannot be reached${code && ` (${code})`}.`, {
    cause: error,
  });
}
