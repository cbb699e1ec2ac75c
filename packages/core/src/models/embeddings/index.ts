/** Bedrock's models that turn texts into vectors: their names, ids, shapes of request and prices. */
export * as Embeddings from "./index.ts";

import type { Embedder } from "../../ports/index.ts";

export interface Model {
  /** How it is named in settings, and in the ledger. */
  name: string;
  modelId: string;
  /** Whose request and answer it has. */
  family: "titan" | "cohere";
  /** Numbers in a vector, where the model can be asked for fewer than it has. */
  dimensions?: number;
  /** Micro-USD for a million tokens, On-Demand, us-east-1. */
  price: number;
}

/** https://aws.amazon.com/bedrock/pricing/ */
export const priceVersion = "2026-11-27";

export const models: readonly Model[] = [
  {
    name: "titan-embed-text-v2",
    modelId: "amazon.titan-embed-text-v2:0",
    family: "titan",
    // Half of what it has, at nearly the same accuracy, and half of what a worker has to keep.
    dimensions: 512,
    price: 20_000,
  },
  {
    name: "cohere-embed-multilingual-v3",
    modelId: "cohere.embed-multilingual-v3",
    family: "cohere",
    price: 100_000,
  },
  {
    name: "cohere-embed-english-v3",
    modelId: "cohere.embed-english-v3",
    family: "cohere",
    price: 100_000,
  },
];

export const find = (name: string): Model | undefined => models.find((one) => one.name === name);

/** What an embedder says of itself that asks this model. */
export const facts = ({ name, modelId, dimensions, price }: Model): Omit<Embedder, "embed"> => ({
  id: dimensions === undefined ? modelId : `${modelId} ${dimensions}`,
  price: { model: name, input: price, version: priceVersion },
});
