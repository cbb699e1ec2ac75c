import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, done } from "~/api/client.ts";
import { copy as common } from "~/copy.ts";
import { announce } from "~/ui/announcer.tsx";
import { Button } from "~/ui/button.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import type { Key } from "../queries.ts";
import { copy } from "./copy.ts";

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
      announce(copy.deleted(key.label));
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
      title={copy.deleteTitle(props.of?.label ?? "")}
      description={copy.deleteText}
    >
      <Show when={remove.isError}>
        <ErrorPanel title={copy.deleteFailed} error={remove.error} />
      </Show>
      <DialogActions>
        <Button onClick={close}>{common.actions.cancel}</Button>
        <Button
          look="danger"
          busy={remove.isPending}
          onClick={() => {
            if (props.of) remove.mutate(props.of);
          }}
        >
          {copy.delete}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
