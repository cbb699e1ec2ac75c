import { fileURLToPath } from "node:url";
import { rendered } from "./renders.ts";
import type { Graph, RenderOptions } from "./sst/graph.ts";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** What has to be set to deploy, and one secret. */
export const environment = { OUTLET_PUBLISHED_API_ALLOWED_IPV4: "203.0.113.0/24,198.51.100.0/24" };

/** Everything that an installation may have and need not. */
export const everything = {
  OUTLET_PUBLISHED_API_ALLOWED_IPV6: "2001:db8::/32",
  OUTLET_RATE_LIMIT_PER_IP: "2000",
  OUTLET_RATE_LIMIT_KEYLESS: "off",
  OUTLET_AUTHORIZER_CONCURRENCY: "50",
  OUTLET_PUBLISHED_API_CONCURRENCY: "200",
  OUTLET_MODELS: "claude-v3-haiku,amazon-nova-lite",
  OUTLET_INFERENCE_PROFILES: "on",
  OUTLET_EMBEDDING_MODEL: "titan-embed-text-v2",
  OUTLET_VECTOR_STORE: "s3vectors",
  OUTLET_RERANK_MODEL: "cohere-rerank-v3-5",
  OUTLET_KNOWLEDGE_BASES: "ABCDEFGHIJ,KLMNOPQRST:Support",
  OUTLET_API_DOMAIN: "bots.example.com",
  OUTLET_TEMPLATE_UPGRADES: "off",
};

const unset = {
  OUTLET_PUBLISHED_API_ALLOWED_IPV4: "",
  OUTLET_PUBLISHED_API_ALLOWED_IPV6: "",
  OUTLET_RATE_LIMIT_PER_IP: "",
  OUTLET_RATE_LIMIT_KEYLESS: "",
  OUTLET_AUTHORIZER_CONCURRENCY: "",
  OUTLET_PUBLISHED_API_CONCURRENCY: "",
  OUTLET_CAPS: "",
  OUTLET_KEY_LIFETIME_DAYS: "",
  OUTLET_KEY_LIFETIME_MOST_DAYS: "",
  OUTLET_MODELS: "",
  OUTLET_INFERENCE_PROFILES: "",
  OUTLET_EMBEDDING_MODEL: "",
  OUTLET_VECTOR_STORE: "",
  OUTLET_KNOWLEDGE_BASES: "",
  OUTLET_RERANK_MODEL: "",
  OUTLET_DOMAIN: "",
  OUTLET_API_DOMAIN: "",
  OUTLET_ALARM_EMAIL: "",
  OUTLET_TEMPLATE_UPGRADES: "",
  OUTLET_REGION: "",
  OUTLET_USAGE_PLANS_MAX: "",
};

/** The resources that SST's program makes of these settings and no others, without AWS. */
export const program = (
  stage: string,
  env: Record<string, string> = environment,
  options: Partial<RenderOptions> = {},
): Promise<Graph> =>
  rendered({
    root,
    stage,
    region: "us-east-1",
    secrets: { KeyPepper: Buffer.alloc(32, 7).toString("base64") },
    env: { ...unset, ...env },
    ...options,
  });
