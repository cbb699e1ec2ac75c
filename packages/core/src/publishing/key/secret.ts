import type { KeyObject } from "node:crypto";
import { nodeCrypto, nodeZlib, type Randomness } from "../../ports/index.ts";

const prefix = "outlet_";
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 30 characters of base 62: 178 bits. */
const secretLength = 30;
const checksumLength = 6;
const shape = /^outlet_[0-9A-Za-z]{36}$/;

/**
 * A new secret: `outlet_`, 30 random characters of base 62, and their CRC-32 in base 62, so that
 * rubbish and typing errors are refused without a read, and scanners can tell a real one.
 */
export function generate(randomness: Randomness): string {
  let secret = "";
  while (secret.length < secretLength) {
    for (const byte of randomness.bytes(secretLength)) {
      // 248 = 4 × 62: beyond it the remainder would favour the alphabet's beginning.
      if (byte < 248 && secret.length < secretLength) secret += alphabet[byte % 62];
    }
  }
  return prefix + secret + checksum(secret);
}

/** Whether it has the form of a secret and its checksum fits. */
export function isWellFormed(value: string): boolean {
  if (!shape.test(value)) return false;
  const secret = value.slice(prefix.length, prefix.length + secretLength);
  return nodeCrypto().timingSafeEqual(
    Buffer.from(value.slice(prefix.length + secretLength)),
    Buffer.from(checksum(secret)),
  );
}

/** What is stored of a secret: HMAC-SHA-256 under the installation's pepper, in hex. */
export function hash(value: string, pepper: Uint8Array): string {
  return nodeCrypto().createHmac("sha256", keyOf(pepper)).update(`key:${value}`).digest("hex");
}

/**
 * The gateway's own API key value for a key: what its usage plan counts by. Derived from the key's
 * id rather than from a secret, so that counters outlive a rotation, and under the pepper, so that
 * nobody can compute it.
 */
export function gatewayValue(keyId: string, pepper: Uint8Array): string {
  const known = gatewayValues.get(pepper) ?? new Map<string, string>();
  gatewayValues.set(pepper, known);
  const before = known.get(keyId);
  if (before !== undefined) return before;
  const value = nodeCrypto()
    .createHmac("sha256", keyOf(pepper))
    .update(`gateway:${keyId}`)
    .digest("hex");
  if (known.size >= gatewayValuesMax) known.clear();
  known.set(keyId, value);
  return value;
}

/** Each request of a key asks for it, and the pepper that it is made of is in memory all the same. */
const gatewayValues = new WeakMap<Uint8Array, Map<string, string>>();
const gatewayValuesMax = 10_000;

const prepared = new WeakMap<Uint8Array, KeyObject>();

/** Preparing it takes longer than the hash. */
function keyOf(pepper: Uint8Array): KeyObject {
  const known = prepared.get(pepper) ?? nodeCrypto().createSecretKey(pepper);
  prepared.set(pepper, known);
  return known;
}

function checksum(secret: string): string {
  let rest = nodeZlib().crc32(secret);
  let digits = "";
  for (let i = 0; i < checksumLength; i++) {
    digits = alphabet[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
