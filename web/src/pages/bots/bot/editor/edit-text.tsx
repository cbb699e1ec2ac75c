import { useMutation, useQuery } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
import { Async } from "~/ui/async.tsx";
import { Dialog } from "~/ui/dialog.tsx";
import { TextField } from "~/ui/text-field.tsx";
import type { Source } from "../queries.ts";
import { copy } from "./copy.ts";

const route = api.bots[":botId"].knowledge[":sourceId"];

interface Props {
  of: Source | undefined;
  botId: string;
  onClose: () => void;
  onSaved: (name: string) => void;
}

/** The text of a source, to be read and changed. */
export default function EditText(props: Props) {
  const [isDirty, setDirty] = createSignal(false);
  const source = useQuery(() => ({
    queryKey: [...names.knowledge(props.botId), "text", props.of?.sourceId],
    queryFn: () =>
      read(route.$get({ param: { botId: props.botId, sourceId: props.of?.sourceId ?? "" } })),
    enabled: props.of !== undefined,
    // What is being typed is not typed over.
    refetchOnWindowFocus: false,
    staleTime: 0,
    gcTime: 0,
  }));
  const close = () => {
    setDirty(false);
    props.onClose();
  };
  return (
    <Dialog
      open={props.of !== undefined}
      onClose={close}
      sticky={isDirty()}
      title={copy.editText.title(props.of?.name ?? "")}
      description={copy.editText.description}
    >
      <Async query={source} title={copy.editText.failed}>
        {(data) => (
          <Form
            botId={props.botId}
            sourceId={data().sourceId}
            name={data().name}
            text={data().text}
            onDirty={setDirty}
            onClose={close}
            onSaved={(name) => {
              close();
              props.onSaved(name);
            }}
          />
        )}
      </Async>
    </Dialog>
  );
}

function Form(props: {
  botId: string;
  sourceId: string;
  name: string;
  text: string;
  onDirty: (isDirty: boolean) => void;
  onClose: () => void;
  onSaved: (name: string) => void;
}) {
  const [typed, setTyped] = createSignal({ name: props.name, text: props.text });
  const type = (change: { name?: string; text?: string }) => {
    setTyped((before) => ({ ...before, ...change }));
    props.onDirty(typed().name !== props.name || typed().text !== props.text);
  };
  const save = useMutation(() => ({
    mutationFn: () =>
      read(
        route.$put({
          param: { botId: props.botId, sourceId: props.sourceId },
          json: typed(),
        }),
      ),
    onSuccess: (saved: Source) => props.onSaved(saved.name),
  }));
  const submit = () => save.mutate();
  const isBesideField = () =>
    Boolean(fieldError(save.error, "name") ?? fieldError(save.error, "text"));
  return (
    <DialogForm
      act={save}
      onSubmit={submit}
      submit={copy.editText.save}
      failed={copy.editText.notSaved}
      onBack={() => props.onClose()}
      isBesideField={isBesideField()}
    >
      <TextField
        label={copy.addText.name}
        hint={copy.addText.nameHint}
        value={typed().name}
        onInput={(name) => type({ name })}
        error={fieldError(save.error, "name")}
        required
        inputProps={{ maxlength: 200, autocomplete: "off" }}
      />
      <TextField
        label={copy.addText.text}
        value={typed().text}
        onInput={(text) => type({ text })}
        error={fieldError(save.error, "text")}
        required
        multiline
        rows={14}
      />
    </DialogForm>
  );
}
