import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { api, done } from "../../../../api/client.ts";
import { type Key, names } from "../../../../api/queries.ts";
import { copy } from "../../../../copy.ts";
import { keysCopy } from "../../../../copy-keys.ts";
import { announce } from "../../../../ui/announcer.tsx";
import { Button } from "../../../../ui/button.tsx";
import { Dialog, DialogActions } from "../../../../ui/dialog.tsx";
import { ErrorPanel } from "../../../../ui/error-panel.tsx";

export function DeleteKey(props: { of: Key | undefined; onClose: () => void; botId: string }) {
  const client = useQueryClient();
  const remove = useMutation(() => ({
    mutationFn: (key: Key) =>
      done(
        api.bots[":botId"].publication.keys[":keyId"].$delete({
          param: { botId: props.botId, keyId: key.keyId },
        }),
      ),
    onSuccess: async (_data: void, key: Key) => {
      await client.invalidateQueries({ queryKey: names.keys(props.botId) });
      close();
      announce(keysCopy.keys.deleted(key.label));
    },
  }));
  const close = () => {
    remove.reset();
    props.onClose();
  };
  return (
    <Dialog
      open={props.of !== undefined}
      onClose={close}
      title={keysCopy.keys.deleteTitle(props.of?.label ?? "")}
      description={keysCopy.keys.deleteText}
    >
      <Show when={remove.isError}>
        <ErrorPanel title={keysCopy.keys.deleteFailed} error={remove.error} />
      </Show>
      <DialogActions>
        <Button onClick={close}>{copy.actions.cancel}</Button>
        <Button
          look="danger"
          busy={remove.isPending}
          onClick={() => {
            if (props.of) remove.mutate(props.of);
          }}
        >
          {keysCopy.keys.delete}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
