import { A, type RouteSectionProps, useParams } from "@solidjs/router";
import { Show, Suspense } from "solid-js";
import { isNotFound } from "~/api/api-error.ts";
import type { Bot as BotInfo } from "~/api/bots.ts";
import { useMe } from "~/api/me.ts";
import { copy as common } from "~/copy.ts";
import NotFound from "~/page-parts/not-found/not-found.tsx";
import page from "~/page-parts/page.module.css";
import { PageHead } from "~/page-parts/page-head.tsx";
import { PageTitle } from "~/page-parts/page-title.tsx";
import { isLive } from "~/page-parts/status/status.ts";
import { PublicationChip } from "~/page-parts/status/status-chip.tsx";
import { PageTabs } from "~/page-parts/tabs/page-tabs.tsx";
import { Async } from "~/ui/async.tsx";
import { Card } from "~/ui/card.tsx";
import { Chip } from "~/ui/chip.tsx";
import { Icon } from "~/ui/icon.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { copy as botsCopy } from "../copy.ts";
import styles from "./bot.module.css";
import { BotContext } from "./bot-context.ts";
import { copy } from "./copy.ts";
import { useAlerts, useBot } from "./queries.ts";

const tabs = [
  "",
  "tools",
  "publish",
  "keys",
  "connect",
  "metrics",
  "requests",
  "reference",
] as const;

/** What the pages of one bot have in common: its title, its state, and the way between them. */
export default function Bot(props: RouteSectionProps) {
  const params = useParams<{ botId: string }>();
  const bot = useBot(() => params.botId);
  return (
    <div class={page.page}>
      <A class={styles.crumb} href="/">
        <Icon name="back" /> {botsCopy.title}
      </A>
      <Show when={!bot.isSuccess && !isNotFound(bot.error)}>
        <h1 class="visually-hidden">{copy.title}</h1>
      </Show>
      <Async query={bot} title={copy.failed} missing={<NotFound words={copy.missing} />}>
        {(data) => (
          <BotContext.Provider value={data}>
            <PageTitle title={data().title} />
            <PageHead first title={data().title} lead={data().description || undefined}>
              <span class={page.row}>
                <Chip>{botsCopy.scopes[data().scope]}</Chip>
                <Suspense>
                  <AlertChip bot={data()} />
                </Suspense>
                <Show when={data().publicationStatus}>
                  {(status) => <PublicationChip status={status()} />}
                </Show>
              </span>
            </PageHead>
            <Show when={data().mine} fallback={<Others bot={data()} />}>
              <ActingFor bot={data()} />
              <PageTabs
                label={copy.tabsLabel}
                tabs={tabs.map((tab) => ({
                  href: `/bots/${params.botId}${tab ? `/${tab}` : ""}`,
                  label: copy.tabs[tab || "editor"],
                }))}
              />
              <Suspense fallback={<Skeleton kind="card" count={2} />}>{props.children}</Suspense>
            </Show>
          </BotContext.Provider>
        )}
      </Async>
    </div>
  );
}

/** On every page of a bot: what its owner wanted to be told of, if it has come to that. */
function AlertChip(props: { bot: BotInfo }) {
  const me = useMe();
  const alerts = useAlerts(
    () => props.bot.botId,
    () =>
      props.bot.mine &&
      isLive(props.bot.publicationStatus) &&
      me.data?.may.publish.allowed === true,
  );
  const count = () => alerts.data?.alerts.filter(({ state }) => state === "alarm").length ?? 0;
  return (
    <Show when={count() > 0}>
      <A href={`/bots/${props.bot.botId}/metrics`}>
        <Chip tone="bad" dot>
          {copy.alerts(count())}
        </Chip>
      </A>
    </Show>
  );
}

/** An administrator has to know at every step whose bot it is. */
function ActingFor(props: { bot: BotInfo }) {
  const me = useMe();
  const owner = () => props.bot.ownerName ?? props.bot.ownerId;
  return (
    <Show when={me.data && me.data.userId !== props.bot.ownerId}>
      <Notice tone="warn" title={copy.actingTitle(owner())}>
        <p>{copy.actingText(owner())}</p>
        <p>
          <A href="/admin">{copy.actingBack}</A>
        </p>
      </Notice>
    </Show>
  );
}

/** Somebody else's bot: what it is, and why there is nothing to edit. */
function Others(props: { bot: BotInfo }) {
  return (
    <>
      <Notice title={copy.othersTitle}>
        <p>{copy.othersText}</p>
      </Notice>
      <Card title={copy.about}>
        <dl class={page.facts}>
          <div>
            <dt>{botsCopy.fields.model}</dt>
            <dd>{props.bot.model}</dd>
          </div>
          <div>
            <dt>{botsCopy.fields.showSources}</dt>
            <dd>{props.bot.showSources ? common.yes : common.no}</dd>
          </div>
        </dl>
      </Card>
    </>
  );
}
