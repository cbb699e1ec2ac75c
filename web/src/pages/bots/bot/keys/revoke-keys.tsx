import { useQueryClient } from "@tanstack/solid-query";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { ConfirmAct } from "~/page-parts/confirm-act.tsx";
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
  return (
    <ConfirmAct
      of={props.of}
      onClose={props.onClose}
      title={(of) => (of === "all" ? copy.revokeAllTitle : copy.revokeTitle(of.length))}
      consequence={copy.revokeText}
      action={copy.revoke}
      act={(of) =>
        read(
          api.bots[":botId"].publication.keys.revoke.$post({
            param: { botId: props.botId },
            json: of === "all" ? {} : { keyIds: [...of] },
          }),
        )
      }
      onDone={async () => {
        await client.invalidateQueries({ queryKey: names.keys(props.botId) });
        props.onRevoked();
      }}
      done={({ revoked }) => copy.revoked(revoked.length)}
      failed={copy.revokeFailed}
    />
  );
}
