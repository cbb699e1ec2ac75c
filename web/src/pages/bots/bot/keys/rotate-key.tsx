import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api, read } from "~/api/client.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
import { Dialog } from "~/ui/dialog.tsx";
import { Select } from "~/ui/select.tsx";
import { rememberKey } from "../known-keys.ts";
import type { Key } from "../queries.ts";
import { copy } from "./copy.ts";
import { replaceKey } from "./key-row.tsx";
import { KeyValue } from "./key-value.tsx";

const graces = ["0", "3600", "86400", "604800"] as const;

interface Props {
  of: Key | undefined;
  onClose: () => void;
  botId: string;
  endpoint: string;
}

/** A new secret for a key; the old one goes on for a while, so that nobody has to hurry. */
export function RotateKey(props: Props) {
  const client = useQueryClient();
  const [grace, setGrace] = createSignal("86400");
  const [value, setValue] = createSignal<string>();
  const rotate = useMutation(() => ({
    gcTime: 0,
    mutationFn: async (keyId: string) => {
      const { value: secret, ...key } = await read(
        api.bots[":botId"].publication.keys[":keyId"].rotate.$post({
          param: { botId: props.botId, keyId },
          json: { graceSeconds: Number(grace()) },
        }),
      );
      setValue(secret);
      rememberKey(props.botId, secret);
      replaceKey(client, props.botId, key);
    },
  }));
  const close = () => {
    setValue(undefined);
    setGrace("86400");
    rotate.reset();
    props.onClose();
  };
  const submit = () => {
    if (props.of) rotate.mutate(props.of.keyId);
  };
  return (
    <Dialog
      open={props.of !== undefined}
      onClose={close}
      sticky={value() !== undefined}
      title={value() ? copy.rotatedTitle : copy.rotateTitle(props.of?.label ?? "")}
      description={value() ? copy.once : copy.rotateText}
    >
      <Show
        when={value()}
        fallback={
          <DialogForm
            act={rotate}
            onSubmit={submit}
            submit={copy.rotate}
            failed={copy.rotateFailed}
            onBack={close}
          >
            <Select
              label={copy.grace}
              hint={copy.graceHint}
              options={graces.map((one) => ({ value: one, label: copy.graces[one] }))}
              value={grace()}
              onChange={setGrace}
            />
          </DialogForm>
        }
      >
        {(shown) => <KeyValue value={shown()} endpoint={props.endpoint} onClose={close} />}
      </Show>
    </Dialog>
  );
}
