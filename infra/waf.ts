import {
  publishedApiAllowedIpV4,
  publishedApiAllowedIpV6,
  rateLimitKeyless,
  rateLimitPerIp,
} from "./settings";

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

const asIs = [{ priority: 0, type: "NONE" }];
/** Of the two headers that a key comes in, an empty one is none. */
const lacks = (name: string) => ({
  notStatement: {
    statements: [
      {
        sizeConstraintStatement: {
          fieldToMatch: { singleHeader: { name } },
          comparisonOperator: "GT",
          size: 0,
          textTransformations: asIs,
        },
      },
    ],
  },
});
const isPreflight = {
  byteMatchStatement: {
    fieldToMatch: { method: {} },
    positionalConstraint: "EXACTLY",
    searchString: "OPTIONS",
    textTransformations: asIs,
  },
};

/**
 * What costs its sender nothing: no usage plan counts a request without a key, and yet each asks the
 * authorizer or the function. Marked by a rule of its own, for Pulumi's provider knows two levels of
 * statements within a rate rule and this takes three
 * (https://github.com/hashicorp/terraform-provider-aws, internal/service/wafv2/schemas.go).
 */
const limitKeyless = rateLimitKeyless
  ? [
      {
        name: "MarkKeyless",
        priority: 2,
        action: { count: {} },
        ruleLabels: [{ name: "keyless" }],
        statement: {
          orStatement: {
            statements: [
              isPreflight,
              { andStatement: { statements: [lacks("x-api-key"), lacks("authorization")] } },
            ],
          },
        },
        visibilityConfig: visible("MarkKeyless"),
      },
      {
        name: "RateLimitKeyless",
        priority: 3,
        action: { block: {} },
        statement: {
          rateBasedStatement: {
            limit: rateLimitKeyless,
            aggregateKeyType: "IP",
            scopeDownStatement: { labelMatchStatement: { scope: "LABEL", key: "keyless" } },
          },
        },
        visibilityConfig: visible("RateLimitKeyless"),
      },
    ]
  : [];

/** Shared by the APIs of all published bots: who is on no list is refused. */
export const webAcl = new aws.wafv2.WebAcl("PublishedApiFirewall", {
  scope: "REGIONAL",
  defaultAction: { block: {} },
  rules: [
    ...limit,
    ...limitKeyless,
    ...allow("AllowedIpV4", "IPV4", publishedApiAllowedIpV4, 4),
    ...allow("AllowedIpV6", "IPV6", publishedApiAllowedIpV6, 5),
  ],
  visibilityConfig: visible("PublishedApiFirewall"),
});
