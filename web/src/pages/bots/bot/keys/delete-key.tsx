import { useQueryClient } from "@tanstack/solid-query";
import { names } from "~/api/cache-names.ts";
import { api, done } from "~/api/client.ts";
import { ConfirmAct } from "~/page-parts/confirm-act.tsx";
import type { Key } from "../queries.ts";
import { copy } from "./copy.ts";

export function DeleteKey(props: { of: Key | undefined; onClose: () => void; botId: string }) {
  const client = useQueryClient();
  return (
    <ConfirmAct
      of={props.of}
      onClose={props.onClose}
      title={(key) => copy.deleteTitle(key.label)}
      consequence={copy.deleteText}
      action={copy.delete}
      act={({ keyId }) =>
        done(
          api.bots[":botId"].publication.keys[":keyId"].$delete({
            param: { botId: props.botId, keyId },
          }),
        )
      }
      onDone={() => client.invalidateQueries({ queryKey: names.keys(props.botId) })}
      done={(_, key) => copy.deleted(key.label)}
      failed={copy.deleteFailed}
    />
  );
}
