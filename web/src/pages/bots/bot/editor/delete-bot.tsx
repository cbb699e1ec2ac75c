import { useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { names } from "~/api/cache-names.ts";
import { api, done, read } from "~/api/client.ts";
import { announce } from "~/ui/announcer.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { DangerCard } from "../danger-card.tsx";
import { copy } from "./copy.ts";

const everyMs = 250;
const triesMax = 60;

/**
 * A bot that had clients goes piece by piece, with all that they said. It is waited for as long as
 * somebody would watch; what takes longer goes on by itself.
 * @returns whether nothing is left.
 */
async function removeBot(botId: string): Promise<boolean> {
  await done(api.bots[":botId"].$delete({ param: { botId } }));
  for (let tries = 0; tries < triesMax; tries++) {
    const { bots } = await read(api.bots.$get({ query: { of: "me", limit: "100" } }));
    if (bots.every((bot) => bot.botId !== botId)) return true;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return false;
}

export function DeleteBot() {
  const bot = useCurrentBot();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useMutation(() => ({
    mutationFn: (_typed: string) => removeBot(bot().botId),
    onSuccess: (isDone: boolean) => {
      const { botId, title } = bot();
      navigate("/", { replace: true });
      client.removeQueries({ queryKey: names.bot(botId) });
      void client.invalidateQueries({ queryKey: names.bots });
      announce(isDone ? copy.deleteBot.done(title) : copy.deleteBot.goesOn(title));
    },
  }));
  const isPublished = () =>
    bot().publicationStatus !== null && bot().publicationStatus !== "unpublished";
  return (
    <DangerCard
      heading={copy.deleteBot.heading}
      consequence={isPublished() ? copy.deleteBot.publishedHint : copy.deleteBot.hint}
      action={copy.deleteBot.action}
      question={copy.deleteBot.title(bot().title)}
      failed={copy.deleteBot.failed}
      act={remove}
    />
  );
}
