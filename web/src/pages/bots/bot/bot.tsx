import { A, type RouteSectionProps, useParams } from "@solidjs/router";
import { Show, Suspense } from "solid-js";
import { type Bot as BotInfo, isLive, useAlerts, useBot, useMe } from "../../../api/queries.ts";
import { copy } from "../../../copy.ts";
import { Async } from "../../../ui/async.tsx";
import { Card } from "../../../ui/card.tsx";
import { Chip } from "../../../ui/chip.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { Skeleton } from "../../../ui/skeleton.tsx";
import page from "../../page.module.css";
import { PageTabs } from "../../page-tabs.tsx";
import { PageTitle } from "../../page-title.tsx";
import { PublicationChip } from "../status-chip.tsx";
import styles from "./bot.module.css";
import { BotContext } from "./bot-context.ts";

const tabs = ["", "publish", "keys", "connect", "metrics", "requests", "reference"] as const;

/** What the pages of one bot have in common: its title, its state, and the way between them. */
export default function Bot(props: RouteSectionProps) {
  const params = useParams<{ botId: string }>();
  const bot = useBot(() => params.botId);
  return (
    <div class={page.page}>
      <A class={styles.crumb} href="/">
        <Icon name="back" /> {copy.bots.title}
      </A>
      <Show when={!bot.isSuccess}>
        <h1 class="visually-hidden">{copy.bot.title}</h1>
      </Show>
      <Async query={bot} title={copy.bot.failed}>
        {(data) => (
          <BotContext.Provider value={data}>
            <PageTitle title={data().title} />
            <div class={page.head}>
              <div class={page.words}>
                <h1>{data().title}</h1>
                <Show when={data().description}>
                  <p class={page.lead}>{data().description}</p>
                </Show>
              </div>
              <span class={page.row}>
                <Chip>{copy.scopes[data().scope]}</Chip>
                <Suspense>
                  <AlertChip bot={data()} />
                </Suspense>
                <Show when={data().publicationStatus}>
                  {(status) => <PublicationChip status={status()} />}
                </Show>
              </span>
            </div>
            <Show when={data().mine} fallback={<Others bot={data()} />}>
              <ActingFor bot={data()} />
              <PageTabs
                label={copy.bot.tabsLabel}
                tabs={tabs.map((tab) => ({
                  href: `/bots/${params.botId}${tab ? `/${tab}` : ""}`,
                  label: copy.bot.tabs[tab || "editor"],
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
          {copy.bot.alerts(count())}
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
      <Notice tone="warn" title={copy.bot.actingTitle(owner())}>
        <p>{copy.bot.actingText(owner())}</p>
        <p>
          <A href="/admin">{copy.bot.actingBack}</A>
        </p>
      </Notice>
    </Show>
  );
}

/** Somebody else's bot: what it is, and why there is nothing to edit. */
function Others(props: { bot: BotInfo }) {
  return (
    <>
      <Notice title={copy.bot.othersTitle}>
        <p>{copy.bot.othersText}</p>
      </Notice>
      <Card title={copy.bot.about}>
        <dl class={page.facts}>
          <div>
            <dt>{copy.botFields.model}</dt>
            <dd>{props.bot.model}</dd>
          </div>
          <div>
            <dt>{copy.botFields.showSources}</dt>
            <dd>{props.bot.showSources ? copy.yes : copy.no}</dd>
          </div>
        </dl>
      </Card>
    </>
  );
}
