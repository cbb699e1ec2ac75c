import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { useCurrentBot } from "../bot-context.ts";
import { DangerCard } from "../danger-card.tsx";
import type { Publication } from "../queries.ts";
import { copy } from "./copy.ts";

/** Once it has begun, the page shows its progress instead. */
export function Unpublish(props: { publication: Publication }) {
  const bot = useCurrentBot();
  const client = useQueryClient();
  const unpublish = useMutation(() => ({
    mutationFn: (title: string) =>
      read(
        api.bots[":botId"].publication.$delete({
          param: { botId: props.publication.botId },
          json: { title },
        }),
      ),
    onSuccess: (begun: Publication) => {
      client.setQueryData(names.publication(begun.botId), begun);
      client.removeQueries({ queryKey: names.keys(begun.botId) });
      void client.invalidateQueries({ queryKey: names.bots });
    },
  }));
  return (
    <DangerCard
      heading={copy.unpublish.heading}
      consequence={copy.unpublish.hint}
      action={copy.unpublish.action}
      question={copy.unpublish.title(bot().title)}
      failed={copy.unpublish.failed}
      disabled={props.publication.status === "updating"}
      act={unpublish}
    />
  );
}
