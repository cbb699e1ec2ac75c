import { type Component, type ComponentProps, Show } from "solid-js";
import { useMe } from "~/api/me.ts";
import { Skeleton } from "~/ui/skeleton.tsx";
import { useCurrentBot } from "./bot-context.ts";
import { NotPublished } from "./not-published.tsx";

/** A page of a bot for those who may publish; others are told why they do not see it. */
export function ForPublishers(props: {
  /** What the page shows. */
  what: string;
  /** What is drawn until it is known who looks. */
  skeleton: ComponentProps<typeof Skeleton>;
  page: Component<{ botId: string }>;
}) {
  const bot = useCurrentBot();
  const me = useMe();
  return (
    <Show when={me.isSuccess} fallback={<Skeleton {...props.skeleton} />}>
      <Show when={me.data?.may.publish.allowed} fallback={<NotPublished what={props.what} />}>
        <props.page botId={bot().botId} />
      </Show>
    </Show>
  );
}
