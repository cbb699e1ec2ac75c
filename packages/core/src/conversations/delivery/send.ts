import {
  type Clock,
  type Http,
  HttpRefused,
  type HttpResponse,
  type Log,
  type Randomness,
  type Table,
} from "../../ports/index.ts";
import * as Publication from "../../publishing/publication/index.ts";
import * as Webhook from "../../publishing/webhook/index.ts";
import { bodyOf, type Info, type Try } from "./info.ts";
import { note } from "./store.ts";

export interface SendDeps {
  table: Table;
  clock: Clock;
  randomness: Randomness;
  http: Http;
  log: Log;
  policy: {
    /** One try, from the first look-up to the end of the answer. */
    webhookTimeoutMs: number;
    /** Seconds from each failed try to the next; as many as there are, and one more, are made. */
    webhookBackoffSeconds: readonly number[];
    /** A webhook at which nothing has arrived for so long is switched off. */
    webhookPatienceMs: number;
  };
}

interface Destination {
  url: string;
  secrets: string[];
  /** The owner's, whose health is kept. */
  webhook?: Webhook.Info;
}

/**
 * Makes one try of a delivery that was taken.
 * @returns seconds until the next one; `null` where there is none.
 * @throws StoreUnavailable
 */
export async function attempt(deps: SendDeps, delivery: Info): Promise<number | null> {
  const destination = await destinationOf(deps, delivery);
  if (!destination) {
    await note(deps.table, delivery, { status: "dropped", dueAt: null });
    return null;
  }
  const { tried, retryAfter, final } = await post(deps, delivery, destination);
  const arrived = tried.failure === null;
  if (destination.webhook) await noteHealth(deps, destination.webhook, tried);
  if (arrived || final) {
    await note(deps.table, delivery, {
      status: arrived ? "delivered" : "failed",
      dueAt: null,
      tried,
    });
    return null;
  }
  const planned = deps.policy.webhookBackoffSeconds[delivery.attempts - 1];
  if (planned === undefined) {
    await note(deps.table, delivery, { status: "failed", dueAt: null, tried });
    return null;
  }
  // Later by up to a tenth, so that what failed together does not come back together.
  const wait = Math.max(planned * (1 + deps.randomness.fraction() / 10), retryAfter);
  const dueAt = deps.clock.now() + Math.ceil(wait * 1000);
  await note(deps.table, delivery, { status: "waiting", dueAt, tried });
  return wait;
}

/** Where it goes now; `undefined` where nobody wants it any more. */
async function destinationOf(deps: SendDeps, delivery: Info): Promise<Destination | undefined> {
  const { table, clock } = deps;
  const { botId, target, type } = delivery;
  if (target) return { url: target.url, secrets: [target.secret] };
  const [publication, webhook] = await Promise.all([
    Publication.fromBot(table, botId),
    Webhook.fromBot(table, botId),
  ]);
  if (!Publication.isLive(publication) || !publication.webhook) return undefined;
  if (!webhook) {
    // Its process was lost before it was made: the owner can have a new secret shown.
    await Webhook.prepare(deps, botId);
    return destinationOf(deps, delivery);
  }
  if (webhook.disabled) return undefined;
  const { url, events } = publication.webhook;
  if (type !== "webhook.test" && !events.includes(type)) return undefined;
  return { url, secrets: Webhook.secretsOf(webhook, clock.now()), webhook };
}

interface Posted {
  tried: Try;
  /** Seconds that the receiver asks to be left alone. */
  retryAfter: number;
  /** Another try would not help. */
  final: boolean;
}

const retryAfterMax = 86_400;
const gone = 410;
/** What no time mends: the address itself. */
const hopeless = ["invalid_url", "scheme_not_allowed", "port_not_allowed"];

async function post(
  { http, clock, policy }: SendDeps,
  delivery: Info,
  { url, secrets }: Destination,
): Promise<Posted> {
  const at = clock.now();
  const body = bodyOf(delivery);
  const timestamp = Math.floor(at / 1000);
  const headers = {
    "content-type": "application/json",
    "user-agent": "Outlet-Webhooks/1",
    ...Webhook.headersOf({ id: delivery.deliveryId, timestamp, body }, secrets),
  };
  const limits = {
    timeoutMs: policy.webhookTimeoutMs,
    responseBytesMax: 65_536,
    // A redirect is no delivery: what was signed is for this address.
    redirectsMax: 0,
  };
  const tried = (status: number | null, failure: string | null): Try => ({
    at,
    durationMs: clock.now() - at,
    status,
    failure,
  });
  try {
    const response = await http.send({ method: "POST", url, headers, body }, limits);
    const { status } = response;
    await leave(response);
    if (status >= 200 && status < 300) {
      return { tried: tried(status, null), retryAfter: 0, final: false };
    }
    const failure =
      status >= 300 && status < 400
        ? `It answered ${status}: redirects are not followed. Set the address that it leads to.`
        : `It answered ${status}, and not 2xx.`;
    const retryAfter = secondsOf(response.headers["retry-after"], clock.now());
    return { tried: tried(status, failure), retryAfter, final: status === gone };
  } catch (error) {
    if (!(error instanceof HttpRefused)) throw error;
    return {
      tried: tried(null, error.message),
      retryAfter: 0,
      final: hopeless.includes(error.code),
    };
  }
}

/** What it says is nobody's to read: the status is the answer. */
async function leave({ body }: HttpResponse): Promise<void> {
  for await (const _ of body) break;
}

/** `Retry-After`: seconds, or a date (RFC 9110 §10.2.3). */
function secondsOf(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const seconds = /^\s*\d{1,9}\s*$/.test(header)
    ? Number(header)
    : (Date.parse(header) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), retryAfterMax) : 0;
}

async function noteHealth(deps: SendDeps, webhook: Webhook.Info, tried: Try): Promise<void> {
  if (tried.failure === null) return Webhook.noteDelivered(deps, webhook);
  const off = await Webhook.noteFailed(deps, webhook, {
    gone: tried.status === gone,
    patienceMs: deps.policy.webhookPatienceMs,
  });
  if (off) {
    deps.log.warn("webhook switched off", {
      botId: webhook.botId,
      reason: off,
      status: tried.status,
      failure: tried.failure,
    });
  }
}
