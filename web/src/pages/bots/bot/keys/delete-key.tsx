import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { names } from "~/api/cache-names.ts";
import { api, done } from "~/api/client.ts";
import { announce } from "~/ui/announcer.tsx";
import { ConfirmDialog } from "~/ui/confirm-dialog.tsx";
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
    <ConfirmDialog
      danger
      open={props.of !== undefined}
      onClose={close}
      title={copy.deleteTitle(props.of?.label ?? "")}
      consequence={copy.deleteText}
      action={copy.delete}
      busy={remove.isPending}
      error={remove.error}
      failed={copy.deleteFailed}
      onConfirm={() => {
        if (props.of) remove.mutate(props.of);
      }}
    />
  );
}
