import { A, useSearchParams } from "@solidjs/router";
import { createSignal, For, Show } from "solid-js";
import { useMe } from "~/api/me.ts";
import page from "~/page-parts/page.module.css";
import { PageHead } from "~/page-parts/page-head.tsx";
import { PageTitle } from "~/page-parts/page-title.tsx";
import { PublicationChip, SyncChip } from "~/page-parts/status/status-chip.tsx";
import { Async } from "~/ui/async.tsx";
import { Button } from "~/ui/button.tsx";
import { Chip } from "~/ui/chip.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Icon } from "~/ui/icon.tsx";
import { More } from "~/ui/more.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Time } from "~/ui/time.tsx";
import styles from "./bots.module.css";
import { copy } from "./copy.ts";
import { CreateBot } from "./create-bot.tsx";
import { type Bot, useBots } from "./queries.ts";

export default function Bots() {
  const [search] = useSearchParams<{ of?: string }>();
  const of = () => (search.of === "anyone" ? "anyone" : "all");
  const bots = useBots(of);
  const me = useMe();
  const [creating, setCreating] = createSignal(false);
  const all = () => bots.data?.pages.flatMap((one) => one.bots) ?? [];
  const isMine = (bot: Bot) => bot.ownerId === me.data?.userId;
  const create = () => setCreating(true);
  // Whose is whose is known only once both have come.
  const both = {
    get isPending() {
      return bots.isPending || me.isPending;
    },
    get isError() {
      return bots.isError || me.isError;
    },
    get data() {
      return (
        me.data &&
        bots.data && { mine: all().filter(isMine), others: all().filter((b) => !isMine(b)) }
      );
    },
    get error() {
      return bots.error ?? me.error;
    },
    refetch: () => Promise.all([bots.refetch(), me.refetch()]),
  };
  return (
    <div class={page.page}>
      <PageTitle title={copy.title} />
      <PageHead first title={copy.title} lead={copy.lead}>
        <div class={page.row}>
          <Show when={me.data?.may.administer.allowed}>
            <Whose of={of()} />
          </Show>
          <Button look="primary" onClick={create}>
            <Icon name="plus" />
            {copy.create}
          </Button>
        </div>
      </PageHead>
      <Async
        query={both}
        title={copy.failed}
        skeleton={
          <div class={styles.list}>
            <Skeleton kind="card" />
            <Skeleton kind="card" />
            <Skeleton kind="card" />
          </div>
        }
      >
        {(data) => (
          <>
            <Show
              when={data().mine.length > 0}
              fallback={
                // Among everybody's bots it is no news to have none.
                <Show when={of() === "all"}>
                  <EmptyState
                    icon="bot"
                    title={copy.emptyTitle}
                    text={copy.emptyText}
                    action={
                      <Button look="primary" onClick={create}>
                        {copy.createFirst}
                      </Button>
                    }
                  />
                </Show>
              }
            >
              <BotList title={copy.mine} bots={data().mine} />
            </Show>
            <Show when={data().others.length > 0}>
              <BotList
                title={of() === "anyone" ? copy.everybodys : copy.others}
                bots={data().others}
                owners
              />
            </Show>
            <More of={bots} label={copy.more} />
          </>
        )}
      </Async>
      <CreateBot open={creating()} onClose={() => setCreating(false)} />
    </div>
  );
}

/** For administrators: their own and the shared bots, or everybody's. */
function Whose(props: { of: "all" | "anyone" }) {
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

function BotList(props: { title: string; bots: Bot[]; owners?: boolean }) {
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
                    <SyncChip status={bot.syncStatus} />
                  </Show>
                  <Show when={!bot.mine}>
                    <Chip>{bot.model}</Chip>
                  </Show>
                  <Show when={props.owners && bot.ownerName}>
                    {(name) => <Chip>{copy.ownedBy(name())}</Chip>}
                  </Show>
                </span>
                <span class={`${page.soft} ${page.small}`}>
                  <Time at={bot.updatedAt} />
                </span>
              </div>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
