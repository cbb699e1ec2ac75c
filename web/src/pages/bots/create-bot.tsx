import { useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import type { Bot } from "~/api/bots.ts";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";

export function CreateBot(props: { open: boolean; onClose: () => void }) {
  const [title, setTitle] = createSignal("");
  const [description, setDescription] = createSignal("");
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useMutation(() => ({
    mutationFn: () =>
      read(api.bots.$post({ json: { title: title(), description: description() } })),
    onSuccess: (bot: Bot) => {
      client.setQueryData(names.bot(bot.botId), bot);
      void client.invalidateQueries({ queryKey: names.bots });
      props.onClose();
      navigate(`/bots/${bot.botId}`);
    },
  }));
  const close = () => {
    create.reset();
    setTitle("");
    setDescription("");
    props.onClose();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!create.isPending) create.mutate();
  };
  const titleError = () => fieldError(create.error, "title");
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title={copy.createBot.title}
      description={copy.createBot.description}
    >
      <form class={page.form} onSubmit={submit}>
        <TextField
          label={copy.fields.title}
          hint={copy.fields.titleHint}
          value={title()}
          onInput={setTitle}
          error={titleError()}
          required
          inputProps={{ maxlength: 100, autocomplete: "off" }}
        />
        <TextField
          label={copy.fields.description}
          hint={copy.fields.descriptionHint}
          value={description()}
          onInput={setDescription}
          error={fieldError(create.error, "description")}
          inputProps={{ maxlength: 1000, autocomplete: "off" }}
        />
        <Show when={create.isError && !titleError()}>
          <ErrorPanel title={copy.createBot.failed} error={create.error} />
        </Show>
        <DialogActions>
          <Button onClick={close}>{common.actions.cancel}</Button>
          <Button look="primary" type="submit" busy={create.isPending}>
            {copy.create}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
