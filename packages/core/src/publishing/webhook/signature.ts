import { createHmac } from "node:crypto";
import * as v from "valibot";
import type { Randomness } from "../../ports/index.ts";

const prefix = "whsec_";

/** `whsec_` and the base64 of 24 to 64 bytes. https://www.standardwebhooks.com */
export const Secret = v.pipe(
  v.string(),
  v.check(
    isSecret,
    "must be “whsec_” and the base64 of 24 to 64 random bytes: echo whsec_$(openssl rand -base64 32)",
  ),
);

function isSecret(text: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]{32,86}={0,2})$/.exec(text)?.[1];
  if (encoded === undefined) return false;
  const { length } = Buffer.from(encoded, "base64");
  return length >= 24 && length <= 64;
}

export const generate = (randomness: Randomness): string =>
  prefix + Buffer.from(randomness.bytes(32)).toString("base64");

/** What is signed: the very bytes that are sent. */
interface Signed {
  /** Without dots. */
  id: string;
  /** Epoch seconds. */
  timestamp: number;
  body: string;
}

/**
 * The headers of Standard Webhooks 1.0: `v1` is HMAC-SHA-256 over `id.timestamp.body`, once by each
 * secret, so that a receiver may change over in its own time.
 */
export function headersOf(
  { id, timestamp, body }: Signed,
  secrets: readonly string[],
): Record<string, string> {
  const sign = (secret: string) =>
    createHmac("sha256", Buffer.from(secret.slice(prefix.length), "base64"))
      .update(`${id}.${timestamp}.${body}`)
      .digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": secrets.map((secret) => `v1,${sign(secret)}`).join(" "),
  };
}
