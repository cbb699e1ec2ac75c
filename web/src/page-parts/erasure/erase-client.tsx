import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { names } from "~/api/cache-names.ts";
import { read } from "~/api/client.ts";
import { announce } from "~/ui/announcer.tsx";
import { ConfirmDialog } from "~/ui/confirm-dialog.tsx";
import { copy } from "./copy.ts";
import { route } from "./queries.ts";

interface Props {
  /** A key of the client's; what it is called. */
  of: { keyId: string; label: string } | undefined;
  onClose: () => void;
  onBegun?: () => void;
  botId: string;
}

/** Asks, and has it begun: how far it has come, {@link Erasures} shows. */
export function EraseClient(props: Props) {
  const client = useQueryClient();
  const erase = useMutation(() => ({
    mutationFn: (keyId: string) =>
      read(route.$post({ param: { botId: props.botId }, json: { keyId } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: names.erasures(props.botId) });
      close();
      announce(copy.begun);
      props.onBegun?.();
    },
  }));
  const close = () => {
    erase.reset();
    props.onClose();
  };
  return (
    <ConfirmDialog
      danger
      open={props.of !== undefined}
      onClose={close}
      title={copy.title(props.of?.label ?? "")}
      consequence={copy.text}
      action={copy.erase}
      busy={erase.isPending}
      error={erase.error}
      failed={copy.failed}
      onConfirm={() => {
        if (props.of) erase.mutate(props.of.keyId);
      }}
    />
  );
}
