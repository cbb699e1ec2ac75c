import { useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { api, done } from "../../../../api/client.ts";
import { names } from "../../../../api/queries.ts";
import { editorCopy } from "../../../../copy-editor.ts";
import { announce } from "../../../../ui/announcer.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { DangerCard } from "../danger-card.tsx";

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
      announce(editorCopy.deleteBot.done(title));
    },
  }));
  const isPublished = () =>
    bot().publicationStatus !== null && bot().publicationStatus !== "unpublished";
  return (
    <DangerCard
      heading={editorCopy.deleteBot.heading}
      consequence={isPublished() ? editorCopy.deleteBot.publishedHint : editorCopy.deleteBot.hint}
      action={editorCopy.deleteBot.action}
      question={editorCopy.deleteBot.title(bot().title)}
      failed={editorCopy.deleteBot.failed}
      act={remove}
    />
  );
}
