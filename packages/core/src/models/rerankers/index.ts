/** Bedrock's models that put passages in the order in which they answer a question. */
export * as Rerankers from "./index.ts";

import type { Reranker } from "../../ports/index.ts";

export interface Model {
  /** How it is named in settings, and in the ledger. */
  name: string;
  modelId: string;
  /** Micro-USD for a question with 100 passages at most, On-Demand. */
  price: number;
  /** Regions that do not have it although others of Bedrock's models are there. */
  notIn: readonly string[];
}

/** https://aws.amazon.com/bedrock/pricing/ */
export const priceVersion = "2026-11-27";

/** https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html */
export const models: readonly Model[] = [
  {
    name: "cohere-rerank-v3-5",
    modelId: "cohere.rerank-v3-5:0",
    price: 2_000,
    notIn: [],
  },
  {
    name: "amazon-rerank-v1",
    modelId: "amazon.rerank-v1:0",
    price: 1_000,
    notIn: ["us-east-1"],
  },
];

export const find = (name: string): Model | undefined => models.find((one) => one.name === name);

/** What a reranker says of itself that asks this model. */
export const facts = ({ name, price }: Model): Omit<Reranker, "rate"> => ({
  id: name,
  price: { model: name, perQuestion: price, version: priceVersion },
});

/**
 * Ratings in the order of the texts that were rated.
 * @param rated as a model gives them, in an order of its own, each told by its text's place.
 * @returns `undefined` where a text has none.
 */
export function inOrder(
  rated: readonly { index: number; rating: number }[],
  count: number,
): number[] | undefined {
  const ratings = new Map(rated.map(({ index, rating }) => [index, rating]));
  const found = Array.from({ length: count }, (_, i) => ratings.get(i));
  return found.every((rating) => rating !== undefined) ? found : undefined;
}
