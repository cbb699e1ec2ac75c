import { useSearchParams } from "@solidjs/router";
import { createEffect, createSignal, Show } from "solid-js";
import { type Bot, useBots } from "~/api/bots.ts";
import { useMe } from "~/api/me.ts";
import { TypedFilter } from "~/page-parts/list/typed-filter.tsx";
import { hasEveryWord } from "~/page-parts/list/words.ts";
import page from "~/page-parts/page.module.css";
import { PageHead } from "~/page-parts/page-head.tsx";
import { PageTitle } from "~/page-parts/page-title.tsx";
import { Async } from "~/ui/async.tsx";
import { Button } from "~/ui/button.tsx";
import { Icon } from "~/ui/icon.tsx";
import { More } from "~/ui/more.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { BotList, Whose } from "./bot-list.tsx";
import styles from "./bots.module.css";
import { copy } from "./copy.ts";
import { CreateBot } from "./create-bot.tsx";
import { FirstRun } from "./first-run.tsx";

/** So many pages of bots are read to look for one; after that there is a button for more. */
const pagesMax = 20;

export default function Bots() {
  const [search, setSearch] = useSearchParams<{ of?: string; create?: string; text?: string }>();
  const of = () => (search.of === "anyone" ? "anyone" : "all");
  const bots = useBots(of);
  const me = useMe();
  const [creating, setCreating] = createSignal(false);
  const all = () => bots.data?.pages.flatMap((one) => one.bots) ?? [];
  const isMine = (bot: Bot) => bot.ownerId === me.data?.userId;
  const create = () => setCreating(true);
  const typed = () => search.text ?? "";
  const fits = (bot: Bot) => hasEveryWord(`${bot.title} ${bot.description} ${bot.botId}`, typed());
  const clear = () => setSearch({ text: undefined });
  // What is looked for may be on a page that has not been read yet.
  createEffect(() => {
    const isShort = (bots.data?.pages.length ?? 0) < pagesMax;
    if (typed() && isShort && bots.hasNextPage && !bots.isFetchingNextPage) {
      void bots.fetchNextPage();
    }
  });
  // The palette leads here to create one, from wherever it was opened.
  createEffect(() => {
    if (search.create === undefined) return;
    setSearch({ create: undefined }, { replace: true });
    create();
  });
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
        bots.data && {
          mine: all().filter((bot) => isMine(bot) && fits(bot)),
          others: all().filter((bot) => !isMine(bot) && fits(bot)),
        }
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
            <Show when={all().length > 0}>
              <div class={styles.search}>
                <TypedFilter
                  label={copy.search}
                  value={typed()}
                  onChange={(text) => setSearch({ text: text || undefined })}
                />
              </div>
            </Show>
            <Show when={typed() && data().mine.length + data().others.length === 0}>
              <div class={page.row}>
                <p>{copy.nothingFits}</p>
                <Button size="small" onClick={clear}>
                  {copy.clear}
                </Button>
              </div>
            </Show>
            {/* Among everybody's bots it is no news to have none. */}
            <Show when={of() === "all" && !typed() && data().mine.length <= 1}>
              <FirstRun bot={data().mine[0]} onCreate={create} />
            </Show>
            <Show when={data().mine.length > 0}>
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
