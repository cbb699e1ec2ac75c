import { publishedApiAllowedIpV4, publishedApiAllowedIpV6, rateLimitPerIp } from "./settings";

const visible = (metricName: string) => ({
  cloudwatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: true,
});

const allow = (
  name: string,
  ipAddressVersion: "IPV4" | "IPV6",
  addresses: string[],
  priority: number,
) => {
  if (addresses.length === 0) return [];
  const set = new aws.wafv2.IpSet(name, { scope: "REGIONAL", ipAddressVersion, addresses });
  return [
    {
      name,
      priority,
      action: { allow: {} },
      statement: { ipSetReferenceStatement: { arn: set.arn } },
      visibilityConfig: visible(name),
    },
  ];
};

/** Before the allow-lists, for a rule that allows ends the evaluation. */
const limit = rateLimitPerIp
  ? [
      {
        name: "RateLimitPerIp",
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: rateLimitPerIp, aggregateKeyType: "IP" } },
        visibilityConfig: visible("RateLimitPerIp"),
      },
    ]
  : [];

/** Shared by the APIs of all published bots: who is on no list is refused. */
export const webAcl = new aws.wafv2.WebAcl("PublishedApiFirewall", {
  scope: "REGIONAL",
  defaultAction: { block: {} },
  rules: [
    ...limit,
    ...allow("AllowedIpV4", "IPV4", publishedApiAllowedIpV4, 1),
    ...allow("AllowedIpV6", "IPV6", publishedApiAllowedIpV6, 2),
  ],
  visibilityConfig: visible("PublishedApiFirewall"),
});
