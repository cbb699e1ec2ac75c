import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { announce } from "~/ui/announcer.tsx";
import { ConfirmDialog } from "~/ui/confirm-dialog.tsx";
import { copy } from "./copy.ts";

interface Props {
  /** Which; `"all"` of the bot's, those that are not shown too. */
  of: readonly string[] | "all" | undefined;
  onClose: () => void;
  onRevoked: () => void;
  botId: string;
}

/** Several keys at once: every one of them stops working before anything else is done. */
export function RevokeKeys(props: Props) {
  const client = useQueryClient();
  const revoke = useMutation(() => ({
    mutationFn: (of: readonly string[] | "all") =>
      read(
        api.bots[":botId"].publication.keys.revoke.$post({
          param: { botId: props.botId },
          json: of === "all" ? {} : { keyIds: [...of] },
        }),
      ),
    onSuccess: async ({ revoked }: { revoked: string[] }) => {
      await client.invalidateQueries({ queryKey: names.keys(props.botId) });
      props.onRevoked();
      close();
      announce(copy.revoked(revoked.length));
    },
  }));
  const close = () => {
    revoke.reset();
    props.onClose();
  };
  return (
    <ConfirmDialog
      danger
      open={props.of !== undefined}
      onClose={close}
      title={props.of === "all" ? copy.revokeAllTitle : copy.revokeTitle(props.of?.length ?? 0)}
      consequence={copy.revokeText}
      action={copy.revoke}
      busy={revoke.isPending}
      error={revoke.error}
      failed={copy.revokeFailed}
      onConfirm={() => {
        if (props.of) revoke.mutate(props.of);
      }}
    />
  );
}
