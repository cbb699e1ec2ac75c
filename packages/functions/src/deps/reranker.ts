import * as Rerankers from "@outlet/core/models/rerankers";
import type { Reranker } from "@outlet/core/ports";
import { Resource } from "sst";

/** What puts passages in order where such a model is chosen (infra/settings.ts). */
export function reranker(): Reranker | undefined {
  const model = Rerankers.find(Resource.Installation.rerankModel);
  if (!model) return undefined;
  let opened: Promise<Reranker> | undefined;
  return {
    ...Rerankers.facts(model),
    async rate(...asked) {
      opened ??= import("../reranker.ts").then(({ openReranker }) =>
        openReranker(Resource.Installation, model),
      );
      return (await opened).rate(...asked);
    },
  };
}
