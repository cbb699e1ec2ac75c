import { type JSX, Show } from "solid-js";
import { isLive } from "~/page-parts/status/status.ts";
import { Async } from "~/ui/async.tsx";
import { useCurrentBot } from "./bot-context.ts";
import { NotPublished } from "./not-published.tsx";
import { usePublication } from "./queries.ts";

interface Props {
  /** What the page shows of it: "Snippets". */
  what: string;
  /** "The publication was not loaded". */
  failed: string;
  children: (endpoint: () => string) => JSX.Element;
}

/** A page about the bot's endpoint: shown while there is one. */
export function OfEndpoint(props: Props) {
  const bot = useCurrentBot();
  const publication = usePublication(() => bot().botId);
  return (
    <Async query={publication} title={props.failed}>
      {(data) => (
        <Show
          when={isLive(data().status) && data().endpoint}
          fallback={<NotPublished what={props.what} />}
        >
          {(endpoint) => props.children(endpoint)}
        </Show>
      )}
    </Async>
  );
}
