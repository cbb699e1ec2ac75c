import type { VectorStore } from "@outlet/core/ports";
import { Resource } from "sst";

/** Where vectors lie that are not in the index of words (infra/vectors.ts). */
export function vectors(): VectorStore | undefined {
  const { vectorBucket, region } = Resource.Installation;
  if (vectorBucket === "") return undefined;
  let opened: Promise<VectorStore> | undefined;
  const open = async () => {
    opened ??= import("../vectors.ts").then(({ openVectors }) => openVectors(region, vectorBucket));
    return opened;
  };
  return {
    put: async (index, stored) => (await open()).put(index, stored),
    known: async (index, keys) => (await open()).known(index, keys),
    nearest: async (index, question, limit) => (await open()).nearest(index, question, limit),
    remove: async (index, keys) => (await open()).remove(index, keys),
    removeAll: async (botId, but) => (await open()).removeAll(botId, but),
  };
}
