import * as Embeddings from "@outlet/core/models/embeddings";
import type { Embedder } from "@outlet/core/ports";
import { Resource } from "sst";

/** Passages are found by meaning too where a model of embeddings is chosen (infra/settings.ts). */
export function embedder(): Embedder | undefined {
  const model = Embeddings.find(Resource.Installation.embeddingModel);
  if (!model) return undefined;
  let opened: Promise<Embedder> | undefined;
  return {
    ...Embeddings.facts(model),
    async embed(...texts) {
      const { region } = Resource.Installation;
      opened ??= import("../embedder.ts").then(({ openEmbedder }) => openEmbedder(region, model));
      return (await opened).embed(...texts);
    },
  };
}
