import * as KnowledgeBase from "@outlet/core/bots/knowledge-base";
import type { KnowledgeBases } from "@outlet/core/ports";
import { Resource } from "sst";

/** Which of Bedrock's knowledge bases bots may answer from (infra/settings.ts). */
export const allowedKnowledgeBases = (): KnowledgeBase.Allowed[] =>
  KnowledgeBase.parseAllowed(Resource.Installation.knowledgeBases);

/** What asks them. */
export function knowledgeBases(): KnowledgeBases {
  let opened: Promise<KnowledgeBases> | undefined;
  return {
    async retrieve(...asked) {
      const { region } = Resource.Installation;
      opened ??= import("../knowledge-bases.ts").then(({ openKnowledgeBases }) =>
        openKnowledgeBases(region),
      );
      return (await opened).retrieve(...asked);
    },
  };
}
