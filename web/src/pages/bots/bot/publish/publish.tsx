import { Match, Show, Switch } from "solid-js";
import { isInFlight, isLive, type Publication, usePublication } from "../../../../api/queries.ts";
import { copy } from "../../../../copy.ts";
import { Async } from "../../../../ui/async.tsx";
import { Card } from "../../../../ui/card.tsx";
import { Notice } from "../../../../ui/notice.tsx";
import { Progress } from "../../../../ui/progress.tsx";
import page from "../../../page.module.css";
import { useCurrentBot } from "../bot-context.ts";
import { Checklist } from "./checklist.tsx";
import { Endpoint } from "./endpoint.tsx";
import { EditAlerts } from "./edit-alerts.tsx";
import { EditLimits } from "./edit-limits.tsx";
import { PublishForm } from "./publish-form.tsx";
import { Unpublish } from "./unpublish.tsx";

export default function Publish() {
  const bot = useCurrentBot();
  const publication = usePublication(() => bot().botId);
  return (
    <Async query={publication} title={copy.publish.failed}>
      {(data) => (
        <div class={page.page}>
          <Show when={isInFlight(data().status)}>
            <UnderWay publication={data()} />
          </Show>
          <Show when={data().failure}>
            {(failure) => (
              <Notice tone="bad" title={copy.publish.failureTitle}>
                <p>{failure().message}</p>
                <p>{copy.publish.failureNext}</p>
              </Notice>
            )}
          </Show>
          <Switch>
            <Match when={isLive(data().status)}>
              <Endpoint publication={data()} />
              <EditLimits publication={data()} />
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

/** An act that the deployer is at: what it does, and how far it has come. */
export function UnderWay(props: { publication: Pick<Publication, "status" | "progress"> }) {
  const steps = () => props.publication.progress;
  const words = () => {
    const progress = steps();
    if (!progress) return copy.publish.waiting;
    return copy.publish.steps(progress.done, progress.total, progress.current);
  };
  return (
    <Card title={copy.publish.underWay[props.publication.status] ?? copy.publish.waiting}>
      <Progress
        label={copy.publish.progressLabel}
        done={steps()?.done}
        total={steps()?.total}
        words={words()}
      />
      <p class={page.soft}>{copy.publish.underWayHint}</p>
    </Card>
  );
}
