import * as Text from "@outlet/core/foundation/text";
import * as v from "valibot";
import type { Answer } from "./exchange.ts";
import { ServiceError } from "./service-error.ts";
import type { Sign } from "./signing.ts";

interface Outgoing {
  path: string;
  headers: Record<string, string>;
  body: string;
}

type Reply = Pick<Answer, "status" | "headers">;

/**
 * Sends a signed request; one that is refused because our clock is off is signed by the service's and
 * sent once more.
 * @param post sends it with the headers of the signature.
 * @param errorOf what a reply says that is no 200.
 */
export type Signed = <R extends Reply>(
  request: Outgoing,
  post: (headers: Record<string, string>) => Promise<R>,
  errorOf: (reply: R) => ServiceError | Promise<ServiceError>,
) => Promise<R>;

export function createSigned(host: string, sign: Sign): Signed {
  /** How far the service's clock is ahead of ours, in milliseconds, where it has complained. */
  let skewMs = 0;
  return async (request, post, errorOf) => {
    for (;;) {
      const signed = sign({ host, ...request }, new Date(Date.now() + skewMs));
      // Each turn that is waited for nothing costs: there are several calls in a request.
      const reply = await post(signed instanceof Promise ? await signed : signed);
      if (reply.status === 200) return reply;
      const error = await errorOf(reply);
      const skewed = skewOf(error, reply.headers["date"]);
      if (skewed === undefined || Math.abs(skewed - skewMs) <= skewMinMs) throw error;
      skewMs = skewed;
    }
  };
}

const Said = v.object({
  __type: v.optional(v.string()),
  message: v.optional(v.string()),
  Message: v.optional(v.string()),
  CancellationReasons: v.optional(v.array(v.object({ Code: v.optional(v.string(), "None") }))),
});

export function toError({ status, headers, body }: Answer): ServiceError {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Said), body);
  const said = parsed.success ? parsed.output : {};
  const header = headers["x-amzn-errortype"];
  const type = said.__type ?? (typeof header === "string" ? header : `Status${status}`);
  // `com.amazonaws.dynamodb#ValidationException`, or with a URL behind a colon.
  const name = type.split(":", 1)[0]?.split("#").at(-1) ?? "";
  const message = said.message ?? said.Message ?? Text.cut(body, 500);
  const reasons = said.CancellationReasons?.map(({ Code }) => Code);
  const retryAfterMs = retryAfterOf(headers["retry-after"]);
  return new ServiceError(name, message, status, { reasons, retryAfterMs });
}

/** RFC 9110 §10.2.3, in seconds. @returns milliseconds. */
function retryAfterOf(said: string | string[] | undefined): number | undefined {
  const seconds = Number(said ?? Number.NaN);
  return seconds >= 0 ? seconds * 1_000 : undefined;
}

/** Signatures are good for so long; a clock that is off by less does no harm. */
const skewMinMs = 240_000;

/** How far the service's clock is ahead, where that may be why it refused. */
function skewOf(error: ServiceError, date: string | string[] | undefined): number | undefined {
  const refused = /Signature|Skewed|RequestExpired|AccessDenied|Forbidden/.test(error.name);
  const at = typeof date === "string" ? Date.parse(date) : Number.NaN;
  return refused && !Number.isNaN(at) ? at - Date.now() : undefined;
}
