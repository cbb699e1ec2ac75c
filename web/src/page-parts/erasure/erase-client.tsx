import { useQueryClient } from "@tanstack/solid-query";
import { names } from "~/api/cache-names.ts";
import { read } from "~/api/client.ts";
import { ConfirmAct } from "~/page-parts/confirm-act.tsx";
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
  return (
    <ConfirmAct
      of={props.of}
      onClose={props.onClose}
      title={(of) => copy.title(of.label)}
      consequence={copy.text}
      action={copy.erase}
      act={({ keyId }) => read(route.$post({ param: { botId: props.botId }, json: { keyId } }))}
      onDone={async () => {
        await client.invalidateQueries({ queryKey: names.erasures(props.botId) });
        props.onBegun?.();
      }}
      done={() => copy.begun}
      failed={copy.failed}
    />
  );
}
