import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { announce } from "~/ui/announcer.tsx";
import { Button } from "~/ui/button.tsx";
import { Icon } from "~/ui/icon.tsx";
import { copy } from "../copy.ts";

/** Has what failed answered after all: the newest failures, as many as the API takes at once. */
export function RedriveAll(props: { botId: string }) {
  const client = useQueryClient();
  const redrive = useMutation(() => ({
    mutationFn: () =>
      read(api.bots[":botId"].publication.runs.redrive.$post({ param: { botId: props.botId } })),
    onSuccess: ({ redriven, refused }) => {
      void client.invalidateQueries({ queryKey: names.runs(props.botId) });
      announce(copy.redriven(redriven.length, refused.length), refused.length > 0 ? "bad" : "good");
    },
    onError: (error) => announce(`${copy.redriveFailed}. ${error.message}`, "bad"),
  }));
  return (
    <Button size="small" busy={redrive.isPending} onClick={() => redrive.mutate()}>
      <Icon name="refresh" />
      {copy.redriveAll}
    </Button>
  );
}
