import { Delivery } from "@outlet/core/conversations/delivery";
import { expect } from "vitest";
import { endRun } from "../../applied/acts.ts";
import { batch, settled } from "../../applied/events.ts";
import type { Scenario } from "../scenario.ts";
import { polling } from "./polling.ts";

export const webhooks: Scenario[] = [
  polling("webhooks"),
  {
    title: "tries a delivery, notes how that went, and has it tried again",
    uses: ["dynamodb:GetItem", "dynamodb:UpdateItem", "sqs:SendMessage"],
    async run(world) {
      const { botId, deliveryId } = await endRun(world);
      const bell = JSON.stringify({ botId, deliveryId });
      await world.letters.take("WebhookQueue", deliveryId);
      expect(await world.invoke("webhooks", batch(bell))).toEqual(settled);
      const tried = await Delivery.fromId(world.table, botId, deliveryId);
      // Its address is inside this network.
      expect(tried).toMatchObject({ status: "waiting", attempts: 1, tries: [{ status: null }] });
      // It waits five seconds and a half at most.
      expect(await world.letters.take("WebhookQueue", deliveryId, 12_000)).toBe(true);
    },
  },
];
