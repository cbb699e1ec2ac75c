import { A } from "@solidjs/router";
import { For, Show } from "solid-js";
import type { Bot } from "~/api/bots.ts";
import page from "~/page-parts/page.module.css";
import { PublicationChip, SyncChip } from "~/page-parts/status/status-chip.tsx";
import { Chip } from "~/ui/chip.tsx";
import { Time } from "~/ui/time.tsx";
import styles from "./bots.module.css";
import { copy } from "./copy.ts";

/** For administrators: their own and the shared bots, or everybody's. */
export function Whose(props: { of: "all" | "anyone" }) {
  return (
    <nav class={styles.whose} aria-label={copy.which}>
      <For each={["all", "anyone"] as const}>
        {(value) => (
          <a
            class={styles.one}
            href={value === "all" ? "/" : "/?of=anyone"}
            aria-current={props.of === value ? "true" : undefined}
          >
            {copy.whose[value]}
          </a>
        )}
      </For>
    </nav>
  );
}

export function BotList(props: { title: string; bots: Bot[]; owners?: boolean }) {
  return (
    <section class={styles.section} aria-label={props.title}>
      <h2>{props.title}</h2>
      <ul class={styles.list}>
        <For each={props.bots}>
          {(bot) => (
            <li class={styles.bot}>
              <h3 class={styles.title}>
                <A href={`/bots/${bot.botId}`}>{bot.title}</A>
              </h3>
              <p class={styles.description}>{bot.description || copy.noDescription}</p>
              <div class={page.between}>
                <span class={page.row}>
                  <Show when={bot.publicationStatus}>
                    {(status) => <PublicationChip status={status()} />}
                  </Show>
                  <Show when={bot.mine && bot.syncStatus !== "SUCCEEDED"}>
                    <SyncChip of="knowledge" status={bot.syncStatus} />
                  </Show>
                  <Show when={!bot.mine}>
                    <Chip>{bot.model}</Chip>
                  </Show>
                  <Show when={props.owners && bot.ownerName}>
                    {(name) => <Chip>{copy.ownedBy(name())}</Chip>}
                  </Show>
                </span>
                <span class={`${page.soft} ${page.small}`}>
                  {copy.changed} <Time at={bot.updatedAt} />
                </span>
              </div>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
