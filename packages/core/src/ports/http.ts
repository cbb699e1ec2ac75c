/** A call to an address that somebody else chose: an owner, a document, a model. */
export interface HttpRequest {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  /** Those that name a person or a key go to the first origin only, not where it redirects to. */
  headers?: Record<string, string>;
  body?: Uint8Array | string;
}

export interface HttpLimits {
  /** For all of it, redirects and body included. */
  timeoutMs: number;
  /** Of the body as it is unpacked. */
  responseBytesMax: number;
  /** 0 hands a redirect back as the answer. */
  redirectsMax?: number;
  /** Hosts that may be reached, `*.` before one for those below it; absent, every public one. */
  hosts?: readonly string[];
  signal?: AbortSignal;
}

export interface HttpResponse {
  status: number;
  /** Where it came from in the end. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /**
   * To be read once and to its end, or left by a `break`.
   * @throws HttpRefused `too_large`, `timeout`, `unreachable`
   */
  body: AsyncIterable<Uint8Array>;
}

const httpRefusals = [
  "invalid_url",
  "scheme_not_allowed",
  "host_not_allowed",
  "port_not_allowed",
  "address_not_public",
  "unknown_host",
  "certificate",
  "unreachable",
  "timeout",
  "too_many_redirects",
  "too_large",
  "invalid_response",
] as const;
export type HttpRefusal = (typeof httpRefusals)[number];

/** No answer, or none that is let in. The message may be shown to whoever chose the address. */
export class HttpRefused extends Error {
  override name = "HttpRefused";
  readonly code: HttpRefusal;
  constructor(code: HttpRefusal, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * HTTP to public addresses only. Private, link-local and loopback ones are refused at every hop and
 * in every notation; what was resolved is what is connected to; certificates are verified; nothing
 * of this machine's identity goes along: no cookies, no proxy, no credentials of the environment.
 */
export interface Http {
  /** @throws HttpRefused; the signal's reason. */
  send(request: HttpRequest, limits: HttpLimits): Promise<HttpResponse>;
}

/** A response's body whole; the limits of its request hold. */
export async function collectBody({ body }: HttpResponse): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}
