import { ModelCatalog } from "../packages/core/src/models/catalog/index";
import { Embeddings } from "../packages/core/src/models/embeddings/index";

/**
 * What whoever deploys decides, from the environment or `.env` (docs/deploy.md has them all).
 * Everything that is wrong is said at once, before anything is changed.
 */
const faults: string[] = [];
const read = (name: string): string => process.env[`OUTLET_${name}`]?.trim() ?? "";
const list = (name: string): string[] =>
  read(name)
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");

const cidr = {
  4: /^(\d{1,3}\.){3}\d{1,3}\/([1-9]|[12]\d|3[0-2])$/,
  6: /^(?=[0-9a-f.]*:)[0-9a-f:.]+\/([1-9]\d?|1[01]\d|12[0-8])$/i,
};

function ranges(name: string, version: 4 | 6): string[] {
  const entries = list(name);
  for (const entry of entries.filter((e) => !cidr[version].test(e))) {
    faults.push(
      `OUTLET_${name} takes IPv${version} ranges such as ${version === 4 ? "203.0.113.0/24" : "2001:db8::/32"}, not "${entry}" (AWS WAF refuses /0: split it in two /1).`,
    );
  }
  return entries;
}

export const publishedApiAllowedIpV4 = ranges("PUBLISHED_API_ALLOWED_IPV4", 4);
export const publishedApiAllowedIpV6 = ranges("PUBLISHED_API_ALLOWED_IPV6", 6);
if (publishedApiAllowedIpV4.length + publishedApiAllowedIpV6.length === 0) {
  faults.push(
    "Say who may call published bots: set OUTLET_PUBLISHED_API_ALLOWED_IPV4 or OUTLET_PUBLISHED_API_ALLOWED_IPV6, or nobody can (0.0.0.0/1,128.0.0.0/1 is everybody).",
  );
}

/** Requests that one address may send in five minutes; no such rule where absent. */
export const rateLimitPerIp = read("RATE_LIMIT_PER_IP")
  ? Number(read("RATE_LIMIT_PER_IP"))
  : undefined;
if (rateLimitPerIp !== undefined && !(Number.isInteger(rateLimitPerIp) && rateLimitPerIp >= 10)) {
  faults.push(
    "OUTLET_RATE_LIMIT_PER_IP takes a whole number of 10 or more requests in five minutes.",
  );
}

/** Short names of Bedrock models, the first being the default of new bots. */
const modelList = list("MODELS");
export const models =
  modelList.length > 0 ? modelList : ["claude-v4.5-haiku", "amazon-nova-pro", "amazon-nova-lite"];

/** Where everything is: it decides by which profiles models are asked. */
export const regionName = read("REGION") || "us-east-1";
try {
  ModelCatalog.createCatalog(models, regionName);
} catch (error) {
  faults.push(`OUTLET_MODELS: ${error instanceof Error ? error.message : String(error)}`);
}

/** Short name of the model by which passages are found by meaning too; by words alone where empty. */
export const embeddingModel = read("EMBEDDING_MODEL");
if (embeddingModel && !Embeddings.find(embeddingModel)) {
  const known = Embeddings.models.map(({ name }) => name).join(", ");
  faults.push(`OUTLET_EMBEDDING_MODEL takes one of ${known}, not "${embeddingModel}".`);
}

/** `on` or `off`: whether published bots are brought to the template of what is deployed. */
export const templateUpgrades = read("TEMPLATE_UPGRADES") || "on";
if (templateUpgrades !== "on" && templateUpgrades !== "off") {
  faults.push(`OUTLET_TEMPLATE_UPGRADES takes on or off, not "${templateUpgrades}".`);
}

/** `on` or `off`: whether each published bot gets application inference profiles of its own. */
export const inferenceProfiles = read("INFERENCE_PROFILES") || "off";
if (inferenceProfiles !== "on" && inferenceProfiles !== "off") {
  faults.push(`OUTLET_INFERENCE_PROFILES takes on or off, not "${inferenceProfiles}".`);
}

/** Domain name of the console and control API; CloudFront's own where empty. */
export const domain = read("DOMAIN");
/** Domain name of published APIs, each at its bot's id; each has its API's own address where empty. */
export const apiDomain = read("API_DOMAIN");
if (apiDomain && !/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(apiDomain)) {
  faults.push(
    `OUTLET_API_DOMAIN takes a domain name such as bots.example.com, not "${apiDomain}".`,
  );
}
if (apiDomain && apiDomain === domain) {
  faults.push("OUTLET_API_DOMAIN cannot be the console's OUTLET_DOMAIN: take a name below it.");
}

/** Who is told of alarms; nobody by mail where empty. */
export const alarmEmail = read("ALARM_EMAIL");

/**
 * The first part of the sign-in page's address. Cognito takes small letters, digits and hyphens, 63 in
 * all, and none of three words
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html).
 */
export const signInPrefix = `outlet-${$app.stage.toLowerCase()}`;
if (signInPrefix.length + "-123456789012".length > 63 || /aws|amazon|cognito/.test(signInPrefix)) {
  faults.push(
    `The stage "${$app.stage}" is part of the sign-in page's address, where Cognito allows 43 characters and neither aws, amazon nor cognito: choose another name.`,
  );
}

if (faults.length > 0)
  throw new Error(`Outlet cannot be deployed like this:\n- ${faults.join("\n- ")}`);
