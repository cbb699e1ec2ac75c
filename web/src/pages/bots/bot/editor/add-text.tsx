import { useMutation } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
import { Dialog } from "~/ui/dialog.tsx";
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
  const submit = () => add.mutate();
  const isFieldError = () =>
    Boolean(fieldError(add.error, "name") ?? fieldError(add.error, "text"));
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title={copy.addText.title}
      description={copy.addText.description}
    >
      <DialogForm
        act={add}
        onSubmit={submit}
        submit={copy.addText.add}
        failed={copy.knowledge.uploadFailed}
        onBack={close}
        isBesideField={isFieldError()}
      >
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
      </DialogForm>
    </Dialog>
  );
}
