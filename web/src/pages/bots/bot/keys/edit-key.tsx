import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createEffect, on } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
import { announce } from "~/ui/announcer.tsx";
import { Dialog } from "~/ui/dialog.tsx";
import type { Key } from "../queries.ts";
import { copy } from "./copy.ts";
import { createKeyDraft, fieldsOf } from "./key-draft.ts";
import { isBesideField, KeyFields } from "./key-fields.tsx";
import { replaceKey } from "./key-row.tsx";

/** What a key may do is changed in place: from its next request on. */
export function EditKey(props: { of: Key | undefined; onClose: () => void; botId: string }) {
  const client = useQueryClient();
  const draft = createKeyDraft();
  createEffect(
    on(
      () => props.of?.keyId,
      () => {
        if (props.of) draft.reset(fieldsOf(props.of));
      },
    ),
  );
  const save = useMutation(() => ({
    mutationFn: (keyId: string) =>
      read(
        api.bots[":botId"].publication.keys[":keyId"].$patch({
          param: { botId: props.botId, keyId },
          json: draft.body(),
        }),
      ),
    onSuccess: async (changed: Parameters<typeof replaceKey>[2]) => {
      replaceKey(client, props.botId, changed);
      await client.invalidateQueries({ queryKey: names.budgets(props.botId) });
      close();
      announce(copy.changed(changed.label));
    },
  }));
  const close = () => {
    save.reset();
    props.onClose();
  };
  const submit = () => {
    if (props.of) save.mutate(props.of.keyId);
  };
  return (
    <Dialog
      open={props.of !== undefined}
      onClose={close}
      title={copy.editTitle(props.of?.label ?? "")}
      description={copy.editText}
    >
      <DialogForm
        act={save}
        onSubmit={submit}
        submit={copy.save}
        failed={copy.editFailed}
        onBack={close}
        isBesideField={isBesideField(save.error)}
      >
        <KeyFields draft={draft} error={save.error} />
      </DialogForm>
    </Dialog>
  );
}
