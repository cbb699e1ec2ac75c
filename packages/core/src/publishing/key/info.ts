import * as v from "valibot";
import * as Text from "../../foundation/text/index.ts";
import * as Shape from "../../store/shape/index.ts";
import { limitsOrNone } from "./limits.ts";

export const Label = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(100),
  v.check(Text.isVisible, "must have a character that can be seen"),
);

export const Info = v.object({
  keyId: v.string(),
  botId: v.string(),
  /** Whose conversations it opens; stays the same through rotations. */
  clientId: v.string(),
  label: v.string(),
  /** `probe`: made by the deployer to try the endpoint, never listed. */
  purpose: v.picklist(["client", "probe"]),
  last4: v.string(),
  enabled: v.boolean(),
  /** Epoch milliseconds. */
  createdAt: v.number(),
  createdBy: v.string(),
  /** Epoch milliseconds; the wire calls it `expiresAt`. */
  validUntil: v.nullable(v.number()),
  lastUsedAt: v.nullable(v.number()),
  /** Hashes of the secrets, the newest first: one, or two while a rotation's grace lasts. */
  secretHashes: v.array(v.string()),
  /** Under which pepper the gateway counts it; the oldest where that was not noted yet. */
  pepper: v.optional(v.nullable(v.string()), null),
  /** When the older of two secrets ends; past it, it opens nothing. */
  graceEndsAt: v.optional(v.nullable(v.number()), null),
  ...limitsOrNone,
  /** How often it has been changed; see `pass.ts`. */
  version: v.optional(v.number(), 0),
});
export type Info = v.InferOutput<typeof Info>;

/** In older items `validUntil` is called `expiresAt`. */
export const shape = Shape.of("key", Info, {
  older: ({ expiresAt, ...item }) => ({ validUntil: expiresAt ?? null, ...item }),
});
