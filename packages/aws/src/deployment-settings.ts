import * as KnowledgeBase from "@outlet/core/bots/knowledge-base";
import * as Limits from "@outlet/core/foundation/limits";
import * as ModelCatalog from "@outlet/core/models/catalog";
import * as Embeddings from "@outlet/core/models/embeddings";
import * as Rerankers from "@outlet/core/models/rerankers";

/** Where vectors of passages may lie: in the index of words, or in S3 Vectors, an index a bot. */
export const vectorStores = ["index", "s3vectors"] as const;
export type VectorStoreName = (typeof vectorStores)[number];

export interface DeploymentSettings {
  publishedApiAllowedIpV4: string[];
  publishedApiAllowedIpV6: string[];
  /** Requests that one address may send in five minutes; no such rule where absent. */
  rateLimitPerIp: number | undefined;
  /** Requests without a key, and preflights, that one address may send in five minutes. */
  rateLimitKeyless: number | undefined;
  /** Concurrency that nobody else of the account can take, and that these cannot exceed. */
  authorizerConcurrency: number | undefined;
  publishedApiConcurrency: number | undefined;
  /** What a person may have and do, such as `bots=50,keys=20`; how long keys live, in days. */
  caps: string;
  keyDays: string;
  keyDaysMost: string;
  /** Short names of Bedrock models, the first being the default of new bots. */
  models: string[];
  /** Where everything is: it decides by which profiles models are asked. */
  regionName: string;
  /** Whether published bots are brought to the template of what is deployed. */
  templateUpgrades: string;
  /** Whether each published bot gets application inference profiles of its own. */
  inferenceProfiles: string;
  /** Short name of the model by which passages are found by meaning too; by words alone where empty. */
  embeddingModel: string;
  /** Where their vectors lie. */
  vectorStore: VectorStoreName;
  /** Short name of the model that puts found passages in order; none does where empty. */
  rerankModel: string;
  /** Ids of Bedrock's knowledge bases that bots may answer from, such as `ABCDEFGHIJ,KLMNOPQRST:Support`. */
  knowledgeBases: string;
  /** Of the console and control API; CloudFront's own where empty. */
  domain: string;
  /** Of published APIs, each at its bot's id; each has its API's own address where empty. */
  apiDomain: string;
  /** Who is told of alarms; nobody by mail where empty. */
  alarmEmail: string;
  /** The account's quota of usage plans, which each published bot takes one of. */
  usagePlansMax: number;
  /** The first part of the sign-in page's address, before the account's number. */
  signInPrefix: string;
}

const cidr = {
  4: /^(\d{1,3}\.){3}\d{1,3}\/([1-9]|[12]\d|3[0-2])$/,
  6: /^(?=[0-9a-f.]*:)[0-9a-f:.]+\/([1-9]\d?|1[01]\d|12[0-8])$/i,
};

/**
 * What whoever deploys decides, as the environment says it (docs/deploy.md has all of it).
 * @returns also everything that is wrong with it, each as a sentence that says what to write.
 */
export function readDeploymentSettings(
  env: Readonly<Record<string, string | undefined>>,
  stage: string,
): { settings: DeploymentSettings; faults: string[] } {
  const faults: string[] = [];
  const read = (name: string): string => env[`OUTLET_${name}`]?.trim() ?? "";
  const list = (name: string): string[] =>
    read(name)
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "");
  const models = list("MODELS");
  /** Whole numbers from `least` on; none where it is said to be off. */
  const numberOf = (name: string, least: number, otherwise: number | undefined) => {
    const text = read(name);
    if (text === "" || text === "off") return text === "" ? otherwise : undefined;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    faults.push(`OUTLET_${name} takes a whole number of ${least} or more, or off, not "${text}".`);
    return undefined;
  };
  const settings: DeploymentSettings = {
    publishedApiAllowedIpV4: list("PUBLISHED_API_ALLOWED_IPV4"),
    publishedApiAllowedIpV6: list("PUBLISHED_API_ALLOWED_IPV6"),
    rateLimitPerIp: read("RATE_LIMIT_PER_IP") ? Number(read("RATE_LIMIT_PER_IP")) : undefined,
    rateLimitKeyless: numberOf("RATE_LIMIT_KEYLESS", 10, 1_000),
    authorizerConcurrency: numberOf("AUTHORIZER_CONCURRENCY", 1, undefined),
    publishedApiConcurrency: numberOf("PUBLISHED_API_CONCURRENCY", 1, undefined),
    caps: read("CAPS"),
    keyDays: read("KEY_LIFETIME_DAYS"),
    keyDaysMost: read("KEY_LIFETIME_MOST_DAYS"),
    models:
      models.length > 0 ? models : ["claude-v4.5-haiku", "amazon-nova-pro", "amazon-nova-lite"],
    regionName: read("REGION") || "us-east-1",
    templateUpgrades: read("TEMPLATE_UPGRADES") || "on",
    inferenceProfiles: read("INFERENCE_PROFILES") || "off",
    embeddingModel: read("EMBEDDING_MODEL"),
    vectorStore: vectorStores.find((one) => one === read("VECTOR_STORE")) ?? "index",
    rerankModel: read("RERANK_MODEL"),
    knowledgeBases: read("KNOWLEDGE_BASES"),
    domain: read("DOMAIN"),
    apiDomain: read("API_DOMAIN"),
    alarmEmail: read("ALARM_EMAIL"),
    usagePlansMax: Number(read("USAGE_PLANS_MAX") || 300),
    signInPrefix: `outlet-${stage.toLowerCase()}`,
  };
  faults.push(
    ...rangeFaults(settings),
    ...modelFaults(settings),
    ...embeddingFaults(settings),
    ...vectorStoreFaults(settings, read("VECTOR_STORE")),
    ...rerankFaults(settings),
    ...knowledgeBaseFaults(settings),
    ...limitFaults(settings),
    ...switchFaults(settings),
    ...domainFaults(settings),
    ...stageFaults(settings, stage),
  );
  return { settings, faults };
}

function rangeFaults(settings: DeploymentSettings): string[] {
  const { publishedApiAllowedIpV4, publishedApiAllowedIpV6, rateLimitPerIp } = settings;
  const wrong = (name: string, version: 4 | 6, entries: string[]) =>
    entries
      .filter((entry) => !cidr[version].test(entry))
      .map(
        (entry) =>
          `OUTLET_${name} takes IPv${version} ranges such as ${version === 4 ? "203.0.113.0/24" : "2001:db8::/32"}, not "${entry}" (AWS WAF refuses /0: split it in two /1).`,
      );
  const faults = [
    ...wrong("PUBLISHED_API_ALLOWED_IPV4", 4, publishedApiAllowedIpV4),
    ...wrong("PUBLISHED_API_ALLOWED_IPV6", 6, publishedApiAllowedIpV6),
  ];
  if (publishedApiAllowedIpV4.length + publishedApiAllowedIpV6.length === 0) {
    faults.push(
      "Say who may call published bots: set OUTLET_PUBLISHED_API_ALLOWED_IPV4 or OUTLET_PUBLISHED_API_ALLOWED_IPV6, or nobody can (0.0.0.0/1,128.0.0.0/1 is everybody).",
    );
  }
  if (rateLimitPerIp !== undefined && !(Number.isInteger(rateLimitPerIp) && rateLimitPerIp >= 10)) {
    faults.push(
      "OUTLET_RATE_LIMIT_PER_IP takes a whole number of 10 or more requests in five minutes.",
    );
  }
  if (!(Number.isInteger(settings.usagePlansMax) && settings.usagePlansMax >= 1)) {
    faults.push("OUTLET_USAGE_PLANS_MAX takes the account's quota of usage plans, such as 300.");
  }
  return faults;
}

function modelFaults({ models, regionName }: DeploymentSettings): string[] {
  try {
    ModelCatalog.createCatalog(models, regionName);
    return [];
  } catch (error) {
    return [`OUTLET_MODELS: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function embeddingFaults({ embeddingModel }: DeploymentSettings): string[] {
  if (embeddingModel === "" || Embeddings.find(embeddingModel)) return [];
  const known = Embeddings.models.map(({ name }) => name).join(", ");
  return [`OUTLET_EMBEDDING_MODEL takes one of ${known}, not "${embeddingModel}".`];
}

function vectorStoreFaults({ embeddingModel }: DeploymentSettings, given: string): string[] {
  if (given !== "" && !vectorStores.some((one) => one === given)) {
    return [`OUTLET_VECTOR_STORE takes index or s3vectors, not "${given}".`];
  }
  return given === "s3vectors" && embeddingModel === ""
    ? [
        "OUTLET_VECTOR_STORE=s3vectors needs OUTLET_EMBEDDING_MODEL: without it there are no vectors.",
      ]
    : [];
}

function rerankFaults({ rerankModel, regionName }: DeploymentSettings): string[] {
  if (rerankModel === "") return [];
  const model = Rerankers.find(rerankModel);
  const known = Rerankers.models.map(({ name }) => name).join(", ");
  if (!model) return [`OUTLET_RERANK_MODEL takes one of ${known}, not "${rerankModel}".`];
  return model.notIn.includes(regionName)
    ? [`OUTLET_RERANK_MODEL: ${rerankModel} is not in ${regionName}. Take another of ${known}.`]
    : [];
}

function knowledgeBaseFaults({ knowledgeBases }: DeploymentSettings): string[] {
  try {
    KnowledgeBase.parseAllowed(knowledgeBases);
    return [];
  } catch (error) {
    return [`OUTLET_KNOWLEDGE_BASES: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function limitFaults(settings: DeploymentSettings): string[] {
  try {
    Limits.parse(settings);
    return [];
  } catch (error) {
    const names = "OUTLET_CAPS, OUTLET_KEY_LIFETIME_DAYS, OUTLET_KEY_LIFETIME_MOST_DAYS";
    return [`${names}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

const switchFaults = ({ templateUpgrades, inferenceProfiles }: DeploymentSettings): string[] =>
  Object.entries({
    TEMPLATE_UPGRADES: templateUpgrades,
    INFERENCE_PROFILES: inferenceProfiles,
  }).flatMap(([name, value]) =>
    value === "on" || value === "off" ? [] : [`OUTLET_${name} takes on or off, not "${value}".`],
  );

function domainFaults({ apiDomain, domain }: DeploymentSettings): string[] {
  const faults: string[] = [];
  if (apiDomain && !/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(apiDomain)) {
    faults.push(
      `OUTLET_API_DOMAIN takes a domain name such as bots.example.com, not "${apiDomain}".`,
    );
  }
  if (apiDomain && apiDomain === domain) {
    faults.push("OUTLET_API_DOMAIN cannot be the console's OUTLET_DOMAIN: take a name below it.");
  }
  return faults;
}

/**
 * Cognito takes small letters, digits and hyphens, 63 in all, and none of three words
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html).
 */
function stageFaults({ signInPrefix }: DeploymentSettings, stage: string): string[] {
  const isTaken =
    signInPrefix.length + "-123456789012".length <= 63 && !/aws|amazon|cognito/.test(signInPrefix);
  return isTaken
    ? []
    : [
        `The stage "${stage}" is part of the sign-in page's address, where Cognito allows 43 characters and neither aws, amazon nor cognito: choose another name.`,
      ];
}
