import { Match, Show, Switch } from "solid-js";
import { isInFlight, isLive, type Publication, usePublication } from "../../../../api/queries.ts";
import { publishCopy } from "../../../../copy-publish.ts";
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
    <Async query={publication} title={publishCopy.publish.failed}>
      {(data) => (
        <div class={page.page}>
          <Show when={isInFlight(data().status)}>
            <UnderWay publication={data()} />
          </Show>
          <Show when={data().failure}>
            {(failure) => (
              <Notice tone="bad" title={publishCopy.publish.failureTitle}>
                <p>{failure().message}</p>
                <p>{publishCopy.publish.failureNext}</p>
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
    if (!progress) return publishCopy.publish.waiting;
    return publishCopy.publish.steps(progress.done, progress.total, progress.current);
  };
  return (
    <Card
      title={publishCopy.publish.underWay[props.publication.status] ?? publishCopy.publish.waiting}
    >
      <Progress
        label={publishCopy.publish.progressLabel}
        done={steps()?.done}
        total={steps()?.total}
        words={words()}
      />
      <p class={page.soft}>{publishCopy.publish.underWayHint}</p>
    </Card>
  );
}
