import { nodeNet } from "../../ports/index.ts";
import * as v from "valibot";
import * as Members from "../../foundation/members/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import { Limit as Budget } from "../budget/limit.ts";
import {
  originMatches,
  Quota as QuotaSchema,
  Throttle as ThrottleSchema,
} from "../publication/setting-schemas.ts";

export type Throttle = v.InferOutput<typeof ThrottleSchema>;
export type Quota = v.InferOutput<typeof QuotaSchema>;

/** What a key may do: send messages and stop answers, read what was said, delete it. */
const scopes = ["invoke", "read", "delete"] as const;
export const Scope = v.picklist(scopes);
export type Scope = v.InferOutput<typeof Scope>;

/** `203.0.113.0/24`, `2001:db8::/32`, or one address. */
const Range = v.pipe(
  v.string(),
  v.maxLength(49),
  v.check(
    (text) => rangeOf(text) !== undefined,
    "must be an IPv4 or IPv6 address or CIDR range, such as 203.0.113.0/24",
  ),
);

const MetadataName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_.-]{1,40}$/, "names must be 1–40 letters, digits, _ . or -"),
);

/** What may be set of a key besides its label and its end. */
export const limitEntries = {
  scopes: v.pipe(
    v.array(Scope),
    v.minLength(1, "must name at least one scope"),
    v.maxLength(scopes.length),
    v.check((list) => new Set(list).size === list.length, "must name each scope once"),
  ),
  /** Addresses that may use it; empty: any that may call the API. */
  allowedIps: v.pipe(v.array(Range), v.maxLength(20)),
  /** Origins whose pages may use it, and nobody but pages; `null`: no such limit. */
  allowedOrigins: v.nullable(
    v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(300))), v.maxLength(20)),
  ),
  /** What it may spend, beside the publication's own budget; `null`: no limit of its own. */
  budget: v.nullable(Budget),
  /** Requests of this key alone, below the publication's own limits; `null`: only those. */
  throttle: v.nullable(ThrottleSchema),
  quota: v.nullable(QuotaSchema),
  /** The owner's own notes; never shown to clients. */
  metadata: v.pipe(
    Members.of(MetadataName, v.pipe(v.string(), v.maxLength(200))),
    v.check((notes) => Object.keys(notes).length <= 20, "must have at most 20 members"),
  ),
};

export const noLimits = {
  scopes: [...scopes] as Scope[],
  allowedIps: [] as string[],
  allowedOrigins: null as string[] | null,
  budget: null as Budget | null,
  throttle: null as Throttle | null,
  quota: null as Quota | null,
  metadata: {} as Record<string, string>,
};

/** The same, of a key that is made or read: what is not said is not limited. */
export const limitsOrNone = {
  scopes: v.optional(limitEntries.scopes, noLimits.scopes),
  allowedIps: v.optional(limitEntries.allowedIps, noLimits.allowedIps),
  allowedOrigins: v.optional(limitEntries.allowedOrigins, noLimits.allowedOrigins),
  budget: v.optional(limitEntries.budget, noLimits.budget),
  throttle: v.optional(limitEntries.throttle, noLimits.throttle),
  quota: v.optional(limitEntries.quota, noLimits.quota),
  metadata: v.optional(limitEntries.metadata, noLimits.metadata),
};

/**
 * Makes sure that what a key has of its own stands below what its publication allows every key.
 * @throws ProblemError `invalid_request`
 */
export function requireBelow(
  own: { throttle?: Throttle | null | undefined; quota?: Quota | null | undefined },
  publication: { throttle: Throttle | null; quota: Quota | null },
): void {
  const { throttle, quota } = publication;
  const over = (param: string, value: number | undefined, most: number | undefined) => {
    if (value === undefined || most === undefined || value <= most) return;
    const message = `${param} must be at most ${most}, what the publication allows every key.`;
    throw new Problem.ProblemError("invalid_request", { message, param });
  };
  over("throttle.rateLimit", own.throttle?.rateLimit, throttle?.rateLimit);
  over("throttle.burstLimit", own.throttle?.burstLimit, throttle?.burstLimit);
  if (own.quota?.period === quota?.period) over("quota.limit", own.quota?.limit, quota?.limit);
}

interface Limits {
  allowedIps: readonly string[];
  allowedOrigins: readonly string[] | null;
}

/** Whether a request from there, by a page of that origin or by no page, may use the key. */
export function admits(
  { allowedIps, allowedOrigins }: Limits,
  from: { ip: string | undefined; origin: string | undefined },
): boolean {
  if (allowedIps.length > 0 && !isWithin(from.ip ?? "", allowedIps)) return false;
  if (allowedOrigins === null) return true;
  return from.origin !== undefined && originMatches(from.origin, [...allowedOrigins]);
}

function isWithin(ip: string, ranges: readonly string[]): boolean {
  const version = nodeNet().isIP(ip);
  if (version === 0) return false;
  const list = new (nodeNet().BlockList)();
  for (const text of ranges) {
    const range = rangeOf(text);
    if (range) list.addSubnet(range.address, range.prefix, familyOf(range.version));
  }
  return list.check(ip, familyOf(version));
}

const familyOf = (version: number) => (version === 6 ? "ipv6" : "ipv4");

function rangeOf(text: string): { address: string; prefix: number; version: number } | undefined {
  const [address = "", prefix, ...rest] = text.split("/");
  const version = nodeNet().isIP(address);
  const bits = version === 6 ? 128 : 32;
  if (version === 0 || rest.length > 0 || address.includes("%")) return undefined;
  if (prefix === undefined) return { address, prefix: bits, version };
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits) return undefined;
  return { address, prefix: Number(prefix), version };
}
