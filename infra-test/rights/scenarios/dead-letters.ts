import { expect } from "vitest";
import { acceptMessage } from "../../applied/acts.ts";
import { batch, settled } from "../../applied/events.ts";
import type { Scenario } from "../scenario.ts";
import { polling } from "./polling.ts";

export const deadLetters: Scenario[] = [
  polling("dead-letters"),
  {
    title: "rings again for a conversation in which something is open",
    uses: ["dynamodb:GetItem", "sqs:SendMessage"],
    async run(world) {
      const { botId, clientId, conversationId } = await acceptMessage(world);
      const bell = JSON.stringify({ botId, clientId, conversationId });
      expect(await world.invoke("dead-letters", batch(bell))).toEqual(settled);
    },
  },
];
