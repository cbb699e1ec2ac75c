import { useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api, done } from "../../../../api/client.ts";
import { names } from "../../../../api/queries.ts";
import { copy } from "../../../../copy.ts";
import { announce } from "../../../../ui/announcer.tsx";
import { Button } from "../../../../ui/button.tsx";
import { Card } from "../../../../ui/card.tsx";
import { Dialog, DialogActions } from "../../../../ui/dialog.tsx";
import { ErrorPanel } from "../../../../ui/error-panel.tsx";
import { TextField } from "../../../../ui/text-field.tsx";
import page from "../../../page.module.css";
import { useCurrentBot } from "../bot-context.ts";

export function DeleteBot() {
  const bot = useCurrentBot();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [open, setOpen] = createSignal(false);
  const [typed, setTyped] = createSignal("");
  const remove = useMutation(() => ({
    mutationFn: () => done(api.bots[":botId"].$delete({ param: { botId: bot().botId } })),
    onSuccess: () => {
      const { botId, title } = bot();
      navigate("/", { replace: true });
      client.removeQueries({ queryKey: names.bot(botId) });
      void client.invalidateQueries({ queryKey: names.bots });
      announce(copy.deleteBot.done(title));
    },
  }));
  const close = () => {
    setOpen(false);
    setTyped("");
    remove.reset();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!remove.isPending && typed() === bot().title) remove.mutate();
  };
  const isPublished = () =>
    bot().publicationStatus !== null && bot().publicationStatus !== "unpublished";
  return (
    <Card
      title={copy.deleteBot.heading}
      hint={isPublished() ? copy.deleteBot.publishedHint : copy.deleteBot.hint}
      tone="danger"
    >
      <div>
        <Button look="danger-quiet" onClick={() => setOpen(true)}>
          {copy.deleteBot.action}
        </Button>
      </div>
      <Dialog
        open={open()}
        onClose={close}
        title={copy.deleteBot.title(bot().title)}
        description={isPublished() ? copy.deleteBot.publishedHint : copy.deleteBot.hint}
      >
        <form class={page.form} onSubmit={submit}>
          <TextField
            label={copy.typeTitle(bot().title)}
            value={typed()}
            onInput={setTyped}
            inputProps={{ autocomplete: "off" }}
          />
          <Show when={remove.isError}>
            <ErrorPanel title={copy.deleteBot.failed} error={remove.error} />
          </Show>
          <DialogActions>
            <Button onClick={close}>{copy.actions.cancel}</Button>
            <Button
              look="danger"
              type="submit"
              busy={remove.isPending}
              disabled={typed() !== bot().title}
            >
              {copy.deleteBot.action}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </Card>
  );
}
