import { useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import type { Bot } from "~/api/bots.ts";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
import { Dialog } from "~/ui/dialog.tsx";
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
  const submit = () => create.mutate();
  const titleError = () => fieldError(create.error, "title");
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title={copy.createBot.title}
      description={copy.createBot.description}
    >
      <DialogForm
        act={create}
        onSubmit={submit}
        submit={copy.create}
        failed={copy.createBot.failed}
        onBack={close}
        isBesideField={titleError() !== undefined}
      >
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
      </DialogForm>
    </Dialog>
  );
}
