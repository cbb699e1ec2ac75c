import { Show } from "solid-js";
import { useMe } from "~/api/me.ts";
import { ButtonLink } from "~/ui/button.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { useCurrentBot } from "./bot-context.ts";
import { copy } from "./copy.ts";

/** Stands where a page is about an endpoint that is not there, or not this person's to manage. */
export function NotPublished(props: { what: string }) {
  const bot = useCurrentBot();
  const me = useMe();
  const may = () => me.data?.may.publish;
  return (
    <Show
      when={may()?.allowed !== false}
      fallback={
        <EmptyState
          icon="key"
          title={copy.notPublished.mayNot}
          text={may()?.reason ?? copy.notPublished.mayNot}
        />
      }
    >
      <EmptyState
        icon="arrow"
        title={copy.notPublished.title}
        text={copy.notPublished.text(props.what)}
        action={
          <ButtonLink href={`/bots/${bot().botId}/publish`} look="primary">
            {copy.notPublished.action}
          </ButtonLink>
        }
      />
    </Show>
  );
}
