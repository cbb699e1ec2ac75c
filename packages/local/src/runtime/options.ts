import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type VectorStoreName, vectorStores } from "@outlet/aws/deployment-settings";
import { KnowledgeBase } from "@outlet/core/bots/knowledge-base";
import { Limits } from "@outlet/core/foundation/limits";
import ipaddr from "ipaddr.js";
import type { BedrockBackend } from "../bedrock/backend.ts";
import { type EmbeddingsServer, type Kind, kinds } from "../openai-embedder.ts";
import type { RerankServer } from "../rerank-server.ts";
import { typedPath } from "./data-folder.ts";

export interface RuntimeOptions {
  /** 0 picks a free one. */
  port: number;
  dataDir: string;
  /** CIDR ranges that may call published bots. */
  allow: string[];
  /** Names besides `localhost` under which a proxy before this runtime is called. */
  hosts: string[];
  /** Addresses with ports, such as `127.0.0.1:8080`, that web sources and tools may be on although not public. */
  reach: string[];
  backend: BedrockBackend;
  /** Short names of allowed models, or `name=modelId@input/output`; the first is the default. */
  models: string[];
  /** Passages are found by meaning too, where there is one. */
  embeddings: EmbeddingsServer | null;
  /** Where their vectors lie: in the index of words, or in an endpoint of S3 Vectors as on AWS. */
  vectorStore: VectorStoreName;
  /** What puts found passages in order; nothing does where `null`. */
  rerank: RerankServer | null;
  /** Knowledge bases of Amazon Bedrock that bots may answer from, and the Region that they are in. */
  knowledgeBases: { allowed: KnowledgeBase.Allowed[]; region: string };
  /** Whether bots published under an older template are brought up to date. */
  templateUpgrades: boolean;
  /** How much one person may have and do, and how long keys live. */
  limits: Limits.Info;
}

/** Said to the user as it is: what was wrong and what to write instead. */
export class OptionError extends Error {
  override name = "OptionError";
}

export const usage = `Runs all of Outlet on this machine.

  npm start -- [options]            each option can also be set as a variable

  --port N            port on loopback (OUTLET_PORT, else 4100; 0 picks a free one)
  --data DIR          where everything is kept (OUTLET_DATA, else .outlet)
  --allow CIDR,…      addresses that may call published bots (OUTLET_ALLOW, else all of loopback)
  --hosts NAME,…      names that a proxy or tunnel in front is called by (OUTLET_HOSTS)
  --reach ADDR:PORT,… private addresses that knowledge, webhooks and tools may reach (OUTLET_REACH, else none)
  --model-backend B   demo, openai or bedrock (OUTLET_MODEL_BACKEND, else demo)
  --models NAME,…     models that bots may use (OUTLET_MODELS, else what fits the backend)
  --openai-base-url U base URL of an OpenAI-compatible server (OUTLET_OPENAI_BASE_URL)
  --embeddings-base-url U   base URL of a server of embeddings, to find passages by meaning too (OUTLET_EMBEDDINGS_BASE_URL)
  --embeddings-model M      its model (OUTLET_EMBEDDINGS_MODEL)
  --embeddings-input I      how it is told questions from passages: field, prefix or none (OUTLET_EMBEDDINGS_INPUT, else what fits the model's name)
  --vector-store V          where vectors of passages lie: index, or s3vectors as on AWS (OUTLET_VECTOR_STORE, else index)
  --rerank-base-url U       base URL of a server with /rerank, which puts found passages in order (OUTLET_RERANK_BASE_URL)
  --rerank-model M          its model (OUTLET_RERANK_MODEL)
  --knowledge-bases ID,…    Bedrock's knowledge bases that bots may answer from, asked with this machine's AWS credentials (OUTLET_KNOWLEDGE_BASES)
  --region R          Region of real Bedrock and of knowledge bases (OUTLET_REGION, else us-east-1)
  --template-upgrades on|off   brings published bots to this version's template (OUTLET_TEMPLATE_UPGRADES, else on)
  --caps NAME=N,…     what one person may have and do: bots, keys, publications, testsPerDay, uploadsPerDay (OUTLET_CAPS)
  --key-lifetime-days N       how long keys live where nothing is said (OUTLET_KEY_LIFETIME_DAYS, else without an end)
  --key-lifetime-most-days N  how long they may live at most (OUTLET_KEY_LIFETIME_MOST_DAYS)
  --demo-tokens-per-second N   slows the demo model down (OUTLET_DEMO_TOKENS_PER_SECOND)
  --help              this text

The keys of such servers are read from OUTLET_OPENAI_API_KEY, OUTLET_EMBEDDINGS_API_KEY and
OUTLET_RERANK_API_KEY only.
`;

const names = [
  "port",
  "data",
  "allow",
  "hosts",
  "reach",
  "model-backend",
  "models",
  "openai-base-url",
  "embeddings-base-url",
  "embeddings-model",
  "embeddings-input",
  "vector-store",
  "rerank-base-url",
  "rerank-model",
  "knowledge-bases",
  "region",
  "template-upgrades",
  "caps",
  "key-lifetime-days",
  "key-lifetime-most-days",
  "demo-tokens-per-second",
] as const;
type Name = (typeof names)[number];

/**
 * Options from the command line, then from `OUTLET_…`, then defaults.
 * @returns `undefined` where only help was asked for.
 * @throws OptionError
 */
export function readOptions(
  args: string[],
  env: Record<string, string | undefined>,
): RuntimeOptions | undefined {
  const given = parse(args);
  if (given.help) return undefined;
  const read = (name: Name): string | undefined =>
    given.values[name] ?? (env[`OUTLET_${name.replaceAll("-", "_").toUpperCase()}`] || undefined);
  const backend = readBackend(read, env);
  return {
    port: readNumber("port", read("port") ?? "4100", { min: 0, max: 65_535, integer: true }),
    dataDir: readDataDir(read("data"), env),
    allow: (read("allow") ?? "127.0.0.0/8,::1/128").split(",").map(readRange),
    hosts: (read("hosts") ?? "").split(",").flatMap(readHost),
    reach: (read("reach") ?? "").split(",").flatMap(readReach),
    backend,
    models: (read("models") ?? defaultModels[backend.kind]).split(",").map((name) => name.trim()),
    embeddings: readEmbeddings(read, env),
    vectorStore: readVectorStore(read("vector-store")),
    rerank: readRerank(read, env),
    knowledgeBases: {
      allowed: readKnowledgeBases(read("knowledge-bases")),
      region: read("region") ?? "us-east-1",
    },
    limits: readLimits(read),
    templateUpgrades: readSwitch("template-upgrades", read("template-upgrades") ?? "on"),
  };
}

function readKnowledgeBases(given = ""): KnowledgeBase.Allowed[] {
  try {
    return KnowledgeBase.parseAllowed(given);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OptionError(`--knowledge-bases: ${error.message}`);
  }
}

function readLimits(read: (name: Name) => string | undefined): Limits.Info {
  try {
    return Limits.parse({
      caps: read("caps") ?? "",
      keyDays: read("key-lifetime-days") ?? "",
      keyDaysMost: read("key-lifetime-most-days") ?? "",
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OptionError(
      `--caps, --key-lifetime-days, --key-lifetime-most-days: ${error.message}`,
    );
  }
}

/** Without an option it is the project's own, from wherever npm was called. */
function readDataDir(given: string | undefined, env: Record<string, string | undefined>): string {
  if (given === undefined) return resolve(".outlet");
  if (given.trim() !== "") return typedPath(given, env);
  throw new OptionError("--data must name a folder.");
}

const defaultModels = {
  demo: "outlet-demo",
  openai: "local=local@0/0",
  bedrock:
    "claude-v4.5-haiku,claude-v4.5-sonnet,amazon-nova-pro,amazon-nova-lite,amazon-nova-micro",
};

function parse(args: string[]): { help: boolean; values: Partial<Record<Name, string>> } {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    const { values } = parseArgs({
      args,
      strict: true,
      options: { ...options, help: { type: "boolean" } },
    });
    const { help, ...rest } = values;
    return { help: help === true, values: rest };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new OptionError(`${message}\nSee npm start -- --help.`);
  }
}

function readBackend(
  read: (name: Name) => string | undefined,
  env: Record<string, string | undefined>,
): BedrockBackend {
  const kind = read("model-backend") ?? "demo";
  switch (kind) {
    case "demo": {
      const pace = read("demo-tokens-per-second");
      if (pace === undefined) return { kind };
      const tokensPerSecond = readNumber("demo-tokens-per-second", pace, { min: 0.1, max: 1e6 });
      return { kind, tokensPerSecond };
    }
    case "openai": {
      const baseUrl = readBaseUrl(read("openai-base-url"));
      const apiKey = readApiKey("OUTLET_OPENAI_API_KEY", env.OUTLET_OPENAI_API_KEY);
      return { kind, baseUrl, ...(apiKey === "" ? {} : { apiKey }) };
    }
    case "bedrock":
      return { kind, region: read("region") ?? "us-east-1" };
    default:
      throw new OptionError(`--model-backend must be demo, openai or bedrock, not "${kind}".`);
  }
}

function readEmbeddings(
  read: (name: Name) => string | undefined,
  env: Record<string, string | undefined>,
): EmbeddingsServer | null {
  const [url, model] = [read("embeddings-base-url"), read("embeddings-model")?.trim()];
  if (url === undefined && model === undefined) return null;
  if (!model) throw new OptionError("--embeddings-base-url needs --embeddings-model.");
  const baseUrl = readBaseUrl(url, {
    missing:
      "--embeddings-model needs --embeddings-base-url, for example http://127.0.0.1:11434/v1.",
    name: "embeddings-base-url",
    key: "OUTLET_EMBEDDINGS_API_KEY",
  });
  const apiKey = readApiKey("OUTLET_EMBEDDINGS_API_KEY", env.OUTLET_EMBEDDINGS_API_KEY);
  const kind = readKind(read("embeddings-input"), model);
  return { baseUrl, model, kind, ...(apiKey === "" ? {} : { apiKey }) };
}

function readRerank(
  read: (name: Name) => string | undefined,
  env: Record<string, string | undefined>,
): RerankServer | null {
  const [url, model] = [read("rerank-base-url"), read("rerank-model")?.trim()];
  if (url === undefined && model === undefined) return null;
  if (!model) throw new OptionError("--rerank-base-url needs --rerank-model.");
  const baseUrl = readBaseUrl(url, {
    missing: "--rerank-model needs --rerank-base-url, for example http://127.0.0.1:8080/v1.",
    name: "rerank-base-url",
    key: "OUTLET_RERANK_API_KEY",
  });
  const apiKey = readApiKey("OUTLET_RERANK_API_KEY", env.OUTLET_RERANK_API_KEY);
  return { baseUrl, model, ...(apiKey === "" ? {} : { apiKey }) };
}

function readVectorStore(given = "index"): VectorStoreName {
  const name = vectorStores.find((one) => one === given);
  if (name) return name;
  throw new OptionError(`--vector-store must be index or s3vectors, not "${given}".`);
}

function readKind(given: string | undefined, model: string): Kind {
  // Models of this family were trained with a word before each text.
  if (given === undefined) return /\be5\b/i.test(model) ? "prefix" : "none";
  const kind = kinds.find((one) => one === given);
  if (kind) return kind;
  throw new OptionError(`--embeddings-input must be field, prefix or none, not "${given}".`);
}

const openai = {
  missing: "--model-backend openai needs --openai-base-url, for example http://127.0.0.1:11434/v1.",
  name: "openai-base-url",
  key: "OUTLET_OPENAI_API_KEY",
};

/** With its query, as Azure wants one, and without what is not sent. */
function readBaseUrl(text: string | undefined, { missing, name, key } = openai): string {
  const url = URL.parse(text?.trim() ?? "");
  if (!url || !["http:", "https:"].includes(url.protocol)) throw new OptionError(missing);
  if (url.username !== "" || url.password !== "") {
    throw new OptionError(`--${name} must hold no name or password: the key belongs in ${key}.`);
  }
  url.hash = "";
  return url.href;
}

/** Read from a file, a key often ends in a line break. What else is not a header never was a key. */
function readApiKey(name: string, text = ""): string {
  const key = text.trim();
  if (/^[\x21-\x7e]*$/.test(key)) return key;
  throw new OptionError(
    `${name} must be visible ASCII characters without spaces or line breaks inside.`,
  );
}

function readNumber(
  name: Name,
  text: string,
  bounds: { min: number; max: number; integer?: boolean },
): number {
  const value = Number(text);
  const fits = value >= bounds.min && value <= bounds.max;
  if (text.trim() !== "" && fits && (!bounds.integer || Number.isInteger(value))) return value;
  const kind = bounds.integer ? "a whole number" : "a number";
  throw new OptionError(
    `--${name} must be ${kind} from ${bounds.min} to ${bounds.max}, not "${text}".`,
  );
}

/** Callers by IPv4 are known by that address: a range of IPv4-mapped IPv6 would never hold one. */
function withoutMapping(cidr: string): string {
  const [address, bits] = ipaddr.parseCIDR(cidr);
  if (!("isIPv4MappedAddress" in address) || !address.isIPv4MappedAddress()) return cidr;
  if (bits >= 96) return `${address.toIPv4Address().toString()}/${bits - 96}`;
  throw new OptionError(`--allow must name IPv4 addresses as such, not as "${cidr}".`);
}

function readSwitch(name: Name, text: string): boolean {
  if (text === "on" || text === "off") return text === "on";
  throw new OptionError(`--${name} must be on or off, not "${text}".`);
}

function readHost(text: string): string[] {
  const name = text.trim().toLowerCase();
  if (name === "") return [];
  if (name.length <= 253 && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name)) return [name];
  throw new OptionError(
    `--hosts takes names such as chat.example.org, without port, not "${name}".`,
  );
}

/** An address in numbers: a name could come to lead elsewhere. */
function readReach(text: string): string[] {
  const given = text.trim();
  if (given === "") return [];
  const [, bracketed, plain, port] =
    /^(?:\[([0-9a-f:]+)\]|([0-9.]+)):(\d{1,5})$/i.exec(given) ?? [];
  const address = bracketed ?? plain ?? "";
  if (ipaddr.isValid(address) && Number(port) > 0 && Number(port) < 65_536) return [given];
  throw new OptionError(
    `--reach takes addresses with ports such as 127.0.0.1:8080 or [::1]:8080, not "${given}".`,
  );
}

function readRange(text: string): string {
  const range = text.trim();
  const cidr = range.includes("/") ? range : `${range}/${range.includes(":") ? 128 : 32}`;
  if (ipaddr.isValidCIDR(cidr)) return withoutMapping(cidr);
  throw new OptionError(
    `--allow takes CIDR ranges such as 127.0.0.0/8 or ::1/128, not "${range}".`,
  );
}
