/**
 * The models a bot may use: their short names (as clients of bedrock-chat's published APIs send
 * them), Bedrock ids and prices. Which of them an installation allows is its configuration.
 */
export * as ModelCatalog from "./index.ts";

import * as Problem from "../../foundation/problem/index.ts";
import * as Text from "../../foundation/text/index.ts";
import { type Geography, geographiesOf } from "./profiles.ts";

export { behindProfile } from "./profiles.ts";

export interface Info {
  /** Short name, kebab-case. */
  name: string;
  /** What Bedrock is asked for: a model or cross-region inference profile id. */
  modelId: string;
  title: string;
  /** Tokens of context that history and knowledge may fill. */
  contextTokens: number;
  /** Whether it can be asked to reason before it answers. */
  reasoning: boolean;
  /** Whether it can be held to JSON: of a given schema, or of any shape too. Absent where not. */
  structured?: "schema" | "any";
  /** Whether it can be offered tools. */
  tools: boolean;
  /** Micro-USD for a million tokens. `null`: unknown, so it cannot be published. */
  price: Price | null;
}

export interface Price {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

/** Changes whenever a price below does; stored with every cost so that it can be recomputed. */
export const priceVersion = "2026-11-22";

const usd = (input: number, output: number, cacheRead = input, cacheWrite = input): Price => ({
  input: input * 1e6,
  output: output * 1e6,
  cacheRead: cacheRead * 1e6,
  cacheWrite: cacheWrite * 1e6,
});

/** A model of Bedrock as it is, before it is known from where it is asked. */
interface Known extends Omit<Info, "modelId"> {
  /** The model's own id. */
  modelId: string;
  /**
   * Cross-Region profiles that there are of it. One is asked for where there is any: newer models
   * answer by no other way.
   */
  profiles: readonly Geography[];
}

/** On-demand list prices for us-east-1. They drift: check https://aws.amazon.com/bedrock/pricing/ */
const known: readonly Known[] = [
  {
    name: "outlet-demo",
    modelId: "outlet.demo-v1",
    profiles: [],
    title: "Outlet demo model (extractive, runs locally)",
    contextTokens: 100_000,
    reasoning: true,
    structured: "any",
    tools: true,
    price: usd(0, 0),
  },
  {
    name: "claude-v4.5-haiku",
    modelId: "anthropic.claude-haiku-4-5-20251001-v1:0",
    profiles: ["us", "eu", "jp", "au", "global"],
    title: "Claude Haiku 4.5",
    contextTokens: 180_000,
    reasoning: true,
    structured: "schema",
    tools: true,
    price: usd(1, 5, 0.1, 1.25),
  },
  {
    name: "claude-v4.5-sonnet",
    modelId: "anthropic.claude-sonnet-4-5-20250929-v1:0",
    profiles: ["us", "eu", "jp", "au", "global"],
    title: "Claude Sonnet 4.5",
    contextTokens: 180_000,
    reasoning: true,
    structured: "schema",
    tools: true,
    price: usd(3, 15, 0.3, 3.75),
  },
  {
    name: "claude-v4.5-opus",
    modelId: "anthropic.claude-opus-4-5-20251101-v1:0",
    profiles: ["us", "eu", "global"],
    title: "Claude Opus 4.5",
    contextTokens: 180_000,
    reasoning: true,
    structured: "schema",
    tools: true,
    price: usd(5, 25, 0.5, 6.25),
  },
  {
    name: "claude-v3-haiku",
    modelId: "anthropic.claude-3-haiku-20240307-v1:0",
    profiles: [],
    title: "Claude 3 Haiku",
    contextTokens: 180_000,
    reasoning: false,
    tools: true,
    price: usd(0.25, 1.25, 0.03, 0.3),
  },
  {
    name: "amazon-nova-pro",
    modelId: "amazon.nova-pro-v1:0",
    profiles: ["us", "eu", "apac"],
    title: "Amazon Nova Pro",
    contextTokens: 280_000,
    reasoning: false,
    tools: true,
    price: usd(0.8, 3.2, 0.2, 0.8),
  },
  {
    name: "amazon-nova-lite",
    modelId: "amazon.nova-lite-v1:0",
    profiles: ["us", "eu", "apac"],
    title: "Amazon Nova Lite",
    contextTokens: 280_000,
    reasoning: false,
    tools: true,
    price: usd(0.06, 0.24, 0.015, 0.06),
  },
  {
    name: "amazon-nova-micro",
    modelId: "amazon.nova-micro-v1:0",
    profiles: ["us", "eu", "apac"],
    title: "Amazon Nova Micro",
    contextTokens: 120_000,
    reasoning: false,
    tools: true,
    price: usd(0.035, 0.14, 0.00875, 0.035),
  },
];

/** The models this installation allows, in its order; the first is the default of new bots. */
export interface Catalog {
  models: readonly Info[];
  default: Info;
  /** @returns the allowed model of that short name or Bedrock id. */
  find(name: string): Info | undefined;
  /** @throws ProblemError `model_not_allowed`, naming the allowed ones. */
  require(name: string, param: string): Info;
}

/**
 * @param allowed short names of known models, or `name=modelId@input/output` for one that is not in
 *   the list, with its price in USD for a million tokens; without a price a bot that uses it cannot
 *   be published. `~no-tools` behind it says that it cannot be offered tools.
 * @param region from where they are asked: it decides on the profile.
 * @throws RangeError where a name is neither, or where a model cannot be asked from there.
 */
export function createCatalog(allowed: readonly string[], region = "us-east-1"): Catalog {
  const models = allowed.map((entry) => parse(entry, region));
  const first = models[0];
  if (!first) throw new RangeError("At least one model must be allowed.");
  const find = (name: string) => models.find((m) => m.name === name || m.modelId === name);
  return {
    models,
    default: first,
    find,
    require(name, param) {
      const found = find(name);
      if (found) return found;
      const names = models.map((m) => m.name).join(", ");
      throw new Problem.ProblemError("model_not_allowed", {
        message: `Model "${Text.cut(name, 100)}" is not allowed here. Allowed: ${names}.`,
        param,
      });
    },
  };
}

function parse(entry: string, region: string): Info {
  const custom = /^([^=]+)=(.+?)(?:@([0-9.]+)\/([0-9.]+))?(~no-tools)?$/.exec(entry);
  if (!custom) {
    const info = known.find((m) => m.name === entry);
    if (info) return askedFrom(info, region);
    const names = known.map((m) => m.name).join(", ");
    throw new RangeError(
      `Unknown model "${entry}". Known: ${names}; or write name=modelId@inputUsd/outputUsd.`,
    );
  }
  const [, name = "", modelId = "", input, output, noTools] = custom;
  const price = input && output ? usd(Number(input), Number(output)) : null;
  return {
    name,
    modelId,
    title: name,
    contextTokens: 100_000,
    reasoning: false,
    tools: noTools === undefined,
    price,
  };
}

function askedFrom({ profiles, ...model }: Known, region: string): Info {
  if (profiles.length === 0) return model;
  const found = geographiesOf(region).find((geography) => profiles.includes(geography));
  if (found) return { ...model, modelId: `${found}.${model.modelId}` };
  throw new RangeError(
    `The model "${model.name}" has no inference profile for the Region ${region}: there are ` +
      `${profiles.join(", ")}. Leave it out of OUTLET_MODELS, or name one that is there: ${model.name}=modelId@inputUsd/outputUsd.`,
  );
}
