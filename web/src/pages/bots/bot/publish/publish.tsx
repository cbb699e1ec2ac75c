import { createEffect, createSignal, Match, Show, Switch } from "solid-js";
import page from "~/page-parts/page.module.css";
import {
  type InFlightStatus,
  isInFlight,
  isLive,
  type PublicationStatus,
} from "~/page-parts/status/status.ts";
import { Async } from "~/ui/async.tsx";
import { Card } from "~/ui/card.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Progress } from "~/ui/progress.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { type Publication, usePublication } from "../queries.ts";
import { Checklist } from "./checklist.tsx";
import { copy } from "./copy.ts";
import { EditAlerts } from "./edit-alerts.tsx";
import { EditSettings } from "./edit-settings.tsx";
import { EditWebhook } from "./edit-webhook.tsx";
import { Endpoint } from "./endpoint.tsx";
import { LiveCard } from "./live-card.tsx";
import { PublishForm } from "./publish-form.tsx";
import { Unpublish } from "./unpublish.tsx";
import { WordsLink } from "./words-link.tsx";

export default function Publish() {
  const bot = useCurrentBot();
  const publication = usePublication(() => bot().botId);
  /** Published while somebody was looking. */
  const [isNew, setNew] = createSignal(false);
  createEffect<PublicationStatus | undefined>((was) => {
    const now = publication.data?.status;
    if (was === "publishing" && now === "published") setNew(true);
    return now;
  });
  return (
    <Async query={publication} title={copy.failed}>
      {(data) => (
        <div class={page.page}>
          <Show when={inFlight(data())}>
            {(status) => <UnderWay status={status()} progress={data().progress} />}
          </Show>
          <Show when={data().failure}>
            {(failure) => (
              <Notice tone="bad" title={copy.failureTitle}>
                <p>{failure().message}</p>
                <p>{copy.failureNext}</p>
              </Notice>
            )}
          </Show>
          <Switch>
            <Match when={isLive(data().status)}>
              <Unconfirmed verified={data().verified} />
              <Show when={isNew()}>
                <LiveCard botId={data().botId} endpoint={data().endpoint ?? ""} />
              </Show>
              <Endpoint publication={data()} />
              <EditSettings
                card="limits"
                title={copy.limits.title}
                words={copy.limits}
                publication={data()}
              >
                <WordsLink />
              </EditSettings>
              <EditWebhook publication={data()} />
              <EditAlerts publication={data()} />
              <Unpublish publication={data()} />
            </Match>
            <Match when={data().status === "unpublished" || data().status === "failed"}>
              <Checklist prerequisites={data().prerequisites} />
              <PublishForm publication={data()} />
            </Match>
          </Switch>
        </div>
      )}
    </Async>
  );
}

/** Published, and nobody knows whether clients reach it: why, and what comes next. */
export function Unconfirmed(props: { verified: Publication["verified"] }) {
  const words = () => {
    const result = props.verified?.result;
    return result === undefined || result === "reached" ? undefined : copy.unconfirmed[result];
  };
  return (
    <Show when={words()}>
      {(said) => (
        <Notice tone={props.verified?.result === "not_yet" ? "warn" : "info"} title={said().title}>
          <p>{said().cause}</p>
          <p>{said().next}</p>
        </Notice>
      )}
    </Show>
  );
}

const inFlight = ({ status }: Publication) => (isInFlight(status) ? status : undefined);

/** An act that the deployer is at: what it does, and how far it has come. */
export function UnderWay(props: { status: InFlightStatus; progress: Publication["progress"] }) {
  const words = () =>
    props.progress
      ? copy.steps(props.progress.done, props.progress.total, props.progress.current)
      : copy.waiting;
  return (
    <Card title={copy.underWay[props.status]}>
      <Progress
        label={copy.progressLabel}
        done={props.progress?.done}
        total={props.progress?.total}
        words={words()}
      />
      <p class={page.soft}>{copy.underWayHint}</p>
    </Card>
  );
}
