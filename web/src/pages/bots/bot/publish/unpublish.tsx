import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api, read } from "../../../../api/client.ts";
import { names, type Publication } from "../../../../api/queries.ts";
import { copy } from "../../../../copy.ts";
import { Button } from "../../../../ui/button.tsx";
import { Card } from "../../../../ui/card.tsx";
import { Dialog, DialogActions } from "../../../../ui/dialog.tsx";
import { ErrorPanel } from "../../../../ui/error-panel.tsx";
import { TextField } from "../../../../ui/text-field.tsx";
import page from "../../../page.module.css";
import { useCurrentBot } from "../bot-context.ts";

export function Unpublish(props: { publication: Publication }) {
  const bot = useCurrentBot();
  const client = useQueryClient();
  const [open, setOpen] = createSignal(false);
  const [typed, setTyped] = createSignal("");
  const unpublish = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].publication.$delete({
          param: { botId: props.publication.botId },
          json: { title: typed() },
        }),
      ),
    onSuccess: (begun: Publication) => {
      close();
      client.setQueryData(names.publication(begun.botId), begun);
      client.removeQueries({ queryKey: names.keys(begun.botId) });
      void client.invalidateQueries({ queryKey: names.bots });
    },
  }));
  const close = () => {
    setOpen(false);
    setTyped("");
    unpublish.reset();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!unpublish.isPending && typed() === bot().title) unpublish.mutate();
  };
  return (
    <Card title={copy.unpublish.heading} hint={copy.unpublish.hint} tone="danger">
      <div>
        <Button
          look="danger-quiet"
          disabled={props.publication.status === "updating"}
          onClick={() => setOpen(true)}
        >
          {copy.unpublish.action}
        </Button>
      </div>
      <Dialog
        open={open()}
        onClose={close}
        title={copy.unpublish.title(bot().title)}
        description={copy.unpublish.hint}
      >
        <form class={page.form} onSubmit={submit}>
          <TextField
            label={copy.typeTitle(bot().title)}
            value={typed()}
            onInput={setTyped}
            inputProps={{ autocomplete: "off" }}
          />
          <Show when={unpublish.isError}>
            <ErrorPanel title={copy.unpublish.failed} error={unpublish.error} />
          </Show>
          <DialogActions>
            <Button onClick={close}>{copy.actions.cancel}</Button>
            <Button
              look="danger"
              type="submit"
              busy={unpublish.isPending}
              disabled={typed() !== bot().title}
            >
              {copy.unpublish.action}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </Card>
  );
}
