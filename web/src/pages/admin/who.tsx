import { A } from "@solidjs/router";
import { Show } from "solid-js";
import page from "~/page-parts/page.module.css";
import { copy } from "./copy.ts";

/** A user by name, the id on hover; by the id where the name is not known. */
export const Owner = (props: { ownerId: string | null; ownerName: string | null }) => (
  <Show when={props.ownerId} fallback={<span class={page.soft}>{copy.unknownOwner}</span>}>
    {(ownerId) => (
      <Show when={props.ownerName} fallback={<code>{ownerId()}</code>}>
        {(name) => <span title={ownerId()}>{name()}</span>}
      </Show>
    )}
  </Show>
);

/** A bot by title, with the way to it; without where it is there no more. */
export const BotName = (props: {
  botId: string;
  title: string | null;
  deleted?: boolean;
  page?: string;
}) => (
  <Show
    when={props.title !== null && !props.deleted}
    fallback={
      <span title={props.botId}>
        {props.title ?? copy.deletedBot} <code class={page.small}>{props.botId.slice(-6)}</code>
      </span>
    }
  >
    <A href={`/bots/${props.botId}${props.page ?? ""}`}>{props.title}</A>
  </Show>
);
