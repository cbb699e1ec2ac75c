/** Partitions by how their Regions begin (https://docs.aws.amazon.com/general/latest/gr/rande.html). */
const suffixes: [prefix: string, suffix: string][] = [
  ["cn-", "amazonaws.com.cn"],
  ["us-isob-", "sc2s.sgov.gov"],
  ["us-iso-", "c2s.ic.gov"],
  ["eusc-", "amazonaws.eu"],
];

/**
 * Where a service is reached: what the environment names, as the SDK reads it
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html), else AWS's own.
 */
export function defaultEndpoint(service: string, region: string, env = process.env): string {
  const ignored = env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] === "true";
  const named = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env["AWS_ENDPOINT_URL"];
  if (named && !ignored) return named;
  const suffix = suffixes.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "amazonaws.com";
  return `https://${service}.${region}.${suffix}`;
}
