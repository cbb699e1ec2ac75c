import { expect, test } from "vitest";
import { readDeploymentSettings } from "./deployment-settings.ts";

const least = { OUTLET_PUBLISHED_API_ALLOWED_IPV4: "203.0.113.0/24" };
const faultsOf = (env: Record<string, string>, stage = "prod") =>
  readDeploymentSettings(env, stage).faults.join("\n");

test("one range is all that has to be said", () => {
  expect(faultsOf(least)).toBe("");
  expect(readDeploymentSettings(least, "Ann").settings).toMatchObject({
    regionName: "us-east-1",
    usagePlansMax: 300,
    signInPrefix: "outlet-ann",
  });
});

test.each<[Record<string, string>, RegExp]>([
  [{}, /Say who may call published bots/],
  [{ OUTLET_PUBLISHED_API_ALLOWED_IPV4: "0.0.0.0/0" }, /AWS WAF refuses \/0/],
  [{ OUTLET_PUBLISHED_API_ALLOWED_IPV4: "203.0.113.7" }, /takes IPv4 ranges such as/],
  [{ ...least, OUTLET_PUBLISHED_API_ALLOWED_IPV6: "2001:db8::" }, /takes IPv6 ranges such as/],
  [{ ...least, OUTLET_RATE_LIMIT_PER_IP: "5" }, /OUTLET_RATE_LIMIT_PER_IP .* 10 or more/],
  [{ ...least, OUTLET_RATE_LIMIT_KEYLESS: "9" }, /OUTLET_RATE_LIMIT_KEYLESS .*, not "9"/],
  [{ ...least, OUTLET_INFERENCE_PROFILES: "yes" }, /takes on or off, not "yes"/],
  [{ ...least, OUTLET_TEMPLATE_UPGRADES: "maybe" }, /takes on or off, not "maybe"/],
  [{ ...least, OUTLET_EMBEDDING_MODEL: "ada" }, /takes one of titan-embed-text-v2, .*not "ada"/],
  [{ ...least, OUTLET_VECTOR_STORE: "elsewhere" }, /takes index or s3vectors, not "elsewhere"/],
  [{ ...least, OUTLET_VECTOR_STORE: "s3vectors" }, /needs OUTLET_EMBEDDING_MODEL/],
  [{ ...least, OUTLET_RERANK_MODEL: "bert" }, /takes one of cohere-rerank-v3-5, .*not "bert"/],
  [{ ...least, OUTLET_RERANK_MODEL: "amazon-rerank-v1" }, /amazon-rerank-v1 is not in us-east-1/],
  [{ ...least, OUTLET_KNOWLEDGE_BASES: "all" }, /OUTLET_KNOWLEDGE_BASES: "all" is no knowledge/],
  [{ ...least, OUTLET_API_DOMAIN: "https://b.example.com" }, /takes a domain name such as/],
  [
    { ...least, OUTLET_API_DOMAIN: "b.example.com", OUTLET_DOMAIN: "b.example.com" },
    /take a name below it/,
  ],
  [{ ...least, OUTLET_USAGE_PLANS_MAX: "many" }, /the account's quota of usage plans/],
  [{ ...least, OUTLET_CAPS: "bots=none" }, /OUTLET_CAPS/],
])("%o is refused", (env, message) => {
  expect(faultsOf(env)).toMatch(message);
});

test("a model that no profile of the Region leads to is refused, by name", () => {
  const env = { ...least, OUTLET_REGION: "sa-east-1" };
  expect(faultsOf(env)).toMatch(
    /OUTLET_MODELS: .*"amazon-nova-pro" has no .* sa-east-1: there are us, eu/,
  );
});

test.each(["aws-trial", "amazonia", "cognito", "x".repeat(44)])(
  "the stage %s is refused, which Cognito would not have in an address",
  (stage) => {
    expect(faultsOf(least, stage)).toContain(`The stage "${stage}"`);
  },
);
