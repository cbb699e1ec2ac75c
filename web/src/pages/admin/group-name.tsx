import type { InferResponseType } from "hono/client";
import { Match, Show, Switch } from "solid-js";
import type { api } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { Time } from "~/ui/time.tsx";
import styles from "./admin.module.css";
import { copy } from "./copy.ts";
import { BotName, Owner } from "./who.tsx";

type Usage = InferResponseType<typeof api.admin.usage.$get, 200>;
export type UsageBy = Usage["by"];
export type UsageGroup = Usage["groups"][number];
type Named = Pick<UsageGroup, "group" | "botId" | "title" | "ownerId" | "ownerName" | "label">;

const utcDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });

/** What a row of figures is of. */
export function GroupName(props: { by: UsageBy; of: Named }) {
  return (
    <Switch>
      <Match when={props.by === "bot"}>
        <span class={styles.tight}>
          <BotName botId={props.of.group} title={props.of.title} page="/metrics" />
          <small class={page.soft}>
            <Owner ownerId={props.of.ownerId} ownerName={props.of.ownerName} />
          </small>
        </span>
      </Match>
      <Match when={props.by === "owner"}>
        <Owner ownerId={props.of.ownerId} ownerName={props.of.ownerName} />
      </Match>
      <Match when={props.by === "key"}>
        <span class={styles.tight}>
          <span title={props.of.group}>{props.of.label ?? copy.deletedKey}</span>
          <Show when={props.of.botId}>
            {(botId) => (
              <small>
                <BotName botId={botId()} title={props.of.title} page="/keys" />
              </small>
            )}
          </Show>
        </span>
      </Match>
      <Match when={props.by === "hour"}>
        <Time at={props.of.group} />
      </Match>
      <Match when={props.by === "day"}>
        <time datetime={props.of.group}>{utcDay.format(new Date(props.of.group))}</time>
      </Match>
      <Match when={props.by === "model"}>
        <code>{props.of.group}</code>
      </Match>
    </Switch>
  );
}

/** The same in one line, for the legend of a chart. */
export function groupText(by: UsageBy, of: Named): string {
  const words = {
    bot: of.title ?? copy.deletedBot,
    owner: of.ownerName ?? of.group,
    key: of.label ?? copy.deletedKey,
  };
  return by === "bot" || by === "owner" || by === "key" ? words[by] : of.group;
}
