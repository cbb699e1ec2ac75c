import { useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { names } from "~/api/cache-names.ts";
import { api, done } from "~/api/client.ts";
import { announce } from "~/ui/announcer.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { DangerCard } from "../danger-card.tsx";
import { copy } from "./copy.ts";

export function DeleteBot() {
  const bot = useCurrentBot();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useMutation(() => ({
    mutationFn: (_typed: string) =>
      done(api.bots[":botId"].$delete({ param: { botId: bot().botId } })),
    onSuccess: () => {
      const { botId, title } = bot();
      navigate("/", { replace: true });
      client.removeQueries({ queryKey: names.bot(botId) });
      void client.invalidateQueries({ queryKey: names.bots });
      announce(copy.deleteBot.done(title));
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
