import { Key } from "@outlet/core/publishing/key";
import { expect } from "vitest";
import { publishedBot } from "../../applied/acts.ts";
import { authorizerEvent } from "../../applied/events.ts";
import type { Scenario } from "../scenario.ts";

export const authorizer: Scenario[] = [
  {
    title: "lets a key in and notes that it was used",
    uses: ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"],
    async run(world) {
      const { botId, keyId, value } = await publishedBot(world);
      const answer = await world.invoke("authorizer", authorizerEvent(botId, value));
      expect(answer.policyDocument.Statement[0].Effect).toBe("Allow");
      expect((await Key.fromId(world.table, botId, keyId)).lastUsedAt).not.toBeNull();
    },
  },
];
