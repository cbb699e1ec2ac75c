import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
import { Dialog } from "~/ui/dialog.tsx";
import { Select } from "~/ui/select.tsx";
import { rememberKey } from "../known-keys.ts";
import { copy } from "./copy.ts";
import { createKeyDraft } from "./key-draft.ts";
import { isBesideField, KeyFields } from "./key-fields.tsx";
import { KeyValue } from "./key-value.tsx";

const day = 86_400_000;
const lifetimes = ["never", "7", "30", "90", "365"] as const;

interface Props {
  open: boolean;
  onClose: () => void;
  botId: string;
  endpoint: string;
}

/** Asks for a label, then shows the value: this once, and nowhere else. */
export function CreateKey(props: Props) {
  const client = useQueryClient();
  const draft = createKeyDraft();
  const [lifetime, setLifetime] = createSignal("never");
  const [value, setValue] = createSignal<string>();
  const create = useMutation(() => ({
    // Held in this dialog only: no cache of ours may keep a secret.
    gcTime: 0,
    mutationFn: async () => {
      const days = Number(lifetime());
      // Nothing is said of a key that may live as long as the installation lets it.
      const expiresAt = Number.isNaN(days)
        ? undefined
        : new Date(Date.now() + days * day).toISOString();
      const made = await read(
        api.bots[":botId"].publication.keys.$post({
          param: { botId: props.botId },
          json: { ...draft.body(), ...(expiresAt === undefined ? {} : { expiresAt }) },
        }),
      );
      setValue(made.value);
      rememberKey(props.botId, made.value);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: names.keys(props.botId) }),
  }));
  const close = () => {
    setValue(undefined);
    draft.reset();
    setLifetime("never");
    create.reset();
    props.onClose();
  };
  const submit = () => create.mutate();
  return (
    <Dialog
      open={props.open}
      onClose={close}
      sticky={value() !== undefined}
      title={value() ? copy.createdTitle : copy.createTitle}
      description={value() ? copy.once : copy.createText}
    >
      <Show
        when={value()}
        fallback={
          <DialogForm
            act={create}
            onSubmit={submit}
            submit={copy.generate}
            failed={copy.createFailed}
            onBack={close}
            isBesideField={isBesideField(create.error)}
          >
            <KeyFields draft={draft} error={create.error} />
            <Select
              label={copy.expires}
              options={lifetimes.map((one) => ({
                value: one,
                label: copy.lifetimes[one],
              }))}
              value={lifetime()}
              onChange={setLifetime}
            />
          </DialogForm>
        }
      >
        {(shown) => <KeyValue value={shown()} endpoint={props.endpoint} onClose={close} />}
      </Show>
    </Dialog>
  );
}
