/** Partitions by how their Regions begin (https://docs.aws.amazon.com/general/latest/gr/rande.html). */
const suffixes: [prefix: string, suffix: string][] = [
  ["cn-", "amazonaws.com.cn"],
  ["us-isob-", "sc2s.sgov.gov"],
  ["us-iso-", "c2s.ic.gov"],
  ["eusc-", "amazonaws.eu"],
];

/** The same of services that have dual-stack endpoints alone. */
const dualStackSuffixes: typeof suffixes = [
  ["cn-", "api.amazonwebservices.com.cn"],
  ["eusc-", "api.amazonwebservices.eu"],
];
const dualStackOnly: readonly string[] = ["s3vectors"];

/**
 * Where a service is reached: what the environment names, as the SDK reads it
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html), else AWS's own.
 */
export function defaultEndpoint(service: string, region: string, env = process.env): string {
  const ignored = env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] === "true";
  const named =
    env[`AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll("-", "_")}`] ||
    env["AWS_ENDPOINT_URL"];
  if (named && !ignored) return named;
  const [known, otherwise] = dualStackOnly.includes(service)
    ? [dualStackSuffixes, "api.aws"]
    : [suffixes, "amazonaws.com"];
  const suffix = known.find(([prefix]) => region.startsWith(prefix))?.[1] ?? otherwise;
  return `https://${service}.${region}.${suffix}`;
}
