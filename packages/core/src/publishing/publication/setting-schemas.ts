import * as v from "valibot";

/** Name of the API Gateway stage: the last segment of the endpoint. */
export const Stage = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,128}$/, "must be 1–128 letters, digits, _ or -"),
);

/** Token bucket of each key: `burstLimit` tokens, refilled by `rateLimit` a second. */
export const Throttle = v.strictObject({
  burstLimit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5_000)),
  rateLimit: v.pipe(
    v.number(),
    v.check((rate) => rate > 0, "must be more than 0"),
    // Numbers next to nothing cannot be stored.
    v.check((rate) => rate <= 0 || rate >= 1e-6, "must be at least 0.000001"),
    v.maxValue(10_000),
  ),
});

/** Requests of each key in a calendar day, week or month, UTC. */
export const Quota = v.strictObject({
  limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2_147_483_647)),
  period: v.picklist(["DAY", "WEEK", "MONTH"]),
});

/** Days that messages and answers are kept, counted from the last message of a conversation. */
export const RetentionDays = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(90));

// Underscores are in no name of a host, and yet in those that people give to their machines.
const label = "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?";
const origin = new RegExp(
  `^[a-z][a-z0-9+.-]*://(\\*\\.)?(${label}\\.)*${label}(:[0-9]{1,5})?$`,
  "i",
);
const address = /^https?:\/\/\[[0-9a-f:.]+\](:[0-9]{1,5})?$/i;

const portFits = (value: string): boolean => Number(/:([0-9]+)$/.exec(value)?.[1] ?? 0) <= 65_535;

const isOrigin = (value: string): boolean =>
  (origin.test(value) || address.test(value)) && portFits(value);

export const Origin = v.pipe(
  v.string(),
  v.maxLength(300),
  v.check(
    // A pipe goes on after the length has been found wrong, and the pattern's time grows with its square.
    (value) => value === "*" || (value.length <= 300 && isOrigin(value)),
    'must be "*", or scheme://host[:port] without a path, with at most one leading "*." label',
  ),
);

/** Origins that browsers may call from. A hint to browsers, not access control. */
export const AllowedOrigins = v.pipe(v.array(Origin), v.maxLength(50));

const defaultPorts = new Map(Object.entries({ http: "80", https: "443" }));

/** As a browser says it: in small letters, and without the port that goes without saying. */
export function canonicalOrigin(origin: string): string {
  const [, whole, scheme = "", port] =
    /^(([a-z][a-z0-9+.-]*):\/\/.*?)(?::(\d+))?$/.exec(origin.toLowerCase()) ?? [];
  if (whole === undefined) return origin.toLowerCase();
  return port === undefined || defaultPorts.get(scheme) === port
    ? whole
    : `${whole}:${Number(port)}`;
}

/** Whether a browser's `Origin` is on the list: exact, `*`, or under a `*.` of the same scheme. */
export function originMatches(origin: string, allowed: readonly string[]): boolean {
  const asked = canonicalOrigin(origin);
  return allowed.some((entry) => {
    const pattern = canonicalOrigin(entry);
    if (pattern === "*" || pattern === asked) return true;
    const star = pattern.indexOf("*.");
    if (star < 0) return false;
    const scheme = pattern.slice(0, star);
    const domain = pattern.slice(star + 1);
    // Something has to stand where the star does: "*.example.com" is not "example.com".
    return (
      asked.startsWith(scheme) &&
      asked.endsWith(domain) &&
      asked.length > scheme.length + domain.length &&
      /^[a-z0-9._-]+$/.test(asked.slice(scheme.length, -domain.length))
    );
  });
}
