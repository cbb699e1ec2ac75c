import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { api, read } from "../../../../api/client.ts";
import { names } from "../../../../api/queries.ts";
import { requestsCopy } from "../../../../copy-requests.ts";
import { announce } from "../../../../ui/announcer.tsx";
import { Button } from "../../../../ui/button.tsx";
import { Icon } from "../../../../ui/icon.tsx";

/** Has what failed answered after all: the newest failures, as many as the API takes at once. */
export function RedriveAll(props: { botId: string }) {
  const client = useQueryClient();
  const redrive = useMutation(() => ({
    mutationFn: () =>
      read(api.bots[":botId"].publication.runs.redrive.$post({ param: { botId: props.botId } })),
    onSuccess: ({ redriven, refused }) => {
      void client.invalidateQueries({ queryKey: names.runs(props.botId) });
      announce(
        requestsCopy.requests.redriven(redriven.length, refused.length),
        refused.length > 0 ? "bad" : "good",
      );
    },
    onError: (error) => announce(`${requestsCopy.request.redriveFailed}. ${error.message}`, "bad"),
  }));
  return (
    <Button size="small" busy={redrive.isPending} onClick={() => redrive.mutate()}>
      <Icon name="refresh" />
      {requestsCopy.requests.redriveAll}
    </Button>
  );
}
