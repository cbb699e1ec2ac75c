import { useMutation } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";

interface Props {
  open: boolean;
  onClose: () => void;
  botId: string;
  onAdded: () => void;
}

export default function AddText(props: Props) {
  const [name, setName] = createSignal("");
  const [text, setText] = createSignal("");
  const add = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].knowledge.$post({
          param: { botId: props.botId },
          json: { name: name(), text: text() },
        }),
      ),
    onSuccess: () => {
      props.onAdded();
      close();
    },
  }));
  const close = () => {
    add.reset();
    setName("");
    setText("");
    props.onClose();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!add.isPending) add.mutate();
  };
  const isFieldError = () =>
    Boolean(fieldError(add.error, "name") ?? fieldError(add.error, "text"));
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title={copy.addText.title}
      description={copy.addText.description}
    >
      <form class={page.form} onSubmit={submit}>
        <TextField
          label={copy.addText.name}
          hint={copy.addText.nameHint}
          value={name()}
          onInput={setName}
          error={fieldError(add.error, "name")}
          required
          inputProps={{ maxlength: 200, autocomplete: "off" }}
        />
        <TextField
          label={copy.addText.text}
          value={text()}
          onInput={setText}
          error={fieldError(add.error, "text")}
          required
          multiline
          rows={8}
        />
        <Show when={add.isError && !isFieldError()}>
          <ErrorPanel title={copy.knowledge.uploadFailed} error={add.error} />
        </Show>
        <DialogActions>
          <Button onClick={close}>{common.actions.cancel}</Button>
          <Button look="primary" type="submit" busy={add.isPending}>
            {copy.addText.add}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
