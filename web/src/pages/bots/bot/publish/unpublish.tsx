import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { api, read } from "../../../../api/client.ts";
import { names, type Publication } from "../../../../api/queries.ts";
import { publishCopy } from "../../../../copy-publish.ts";
import { useCurrentBot } from "../bot-context.ts";
import { DangerCard } from "../danger-card.tsx";

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
      heading={publishCopy.unpublish.heading}
      consequence={publishCopy.unpublish.hint}
      action={publishCopy.unpublish.action}
      question={publishCopy.unpublish.title(bot().title)}
      failed={publishCopy.unpublish.failed}
      disabled={props.publication.status === "updating"}
      act={unpublish}
    />
  );
}
