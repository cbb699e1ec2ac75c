import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { api, read } from "../../../../api/client.ts";
import { names, type Publication } from "../../../../api/queries.ts";
import { publishCopy } from "../../../../copy-publish.ts";
import { announce } from "../../../../ui/announcer.tsx";
import { Button, ButtonLink } from "../../../../ui/button.tsx";
import { Card } from "../../../../ui/card.tsx";
import { CopyButton } from "../../../../ui/copy-button.tsx";
import { ErrorPanel } from "../../../../ui/error-panel.tsx";
import { Notice } from "../../../../ui/notice.tsx";
import { Time } from "../../../../ui/time.tsx";
import page from "../../../page.module.css";
import styles from "./endpoint.module.css";

export function Endpoint(props: { publication: Publication }) {
  const client = useQueryClient();
  const isPaused = () => props.publication.status === "paused";
  const toggle = useMutation(() => ({
    mutationFn: () => {
      const { publication } = api.bots[":botId"];
      const param = { botId: props.publication.botId };
      return read(
        isPaused() ? publication.resume.$post({ param }) : publication.pause.$post({ param }),
      );
    },
    onSuccess: (changed: Publication) => {
      client.setQueryData(names.publication(changed.botId), changed);
      client.setQueryData(names.bot(changed.botId), (old: object | undefined) =>
        old ? { ...old, publicationStatus: changed.status } : old,
      );
      void client.invalidateQueries({ queryKey: names.bots });
      announce(
        changed.status === "paused" ? publishCopy.publish.paused : publishCopy.publish.resumed,
      );
    },
  }));
  return (
    <Card
      title={publishCopy.publish.endpoint}
      hint={publishCopy.publish.endpointHint}
      actions={
        <Button
          busy={toggle.isPending}
          disabled={props.publication.status === "updating"}
          onClick={() => toggle.mutate()}
        >
          {isPaused() ? publishCopy.publish.resume : publishCopy.publish.pause}
        </Button>
      }
    >
      <div class={styles.url}>
        <code>{props.publication.endpoint}</code>
        <CopyButton
          value={props.publication.endpoint ?? ""}
          label={publishCopy.publish.copyEndpoint}
        />
      </div>
      <Show when={isPaused()}>
        <Notice tone="warn" title={publishCopy.publish.pausedTitle}>
          <p>{publishCopy.publish.pausedText}</p>
        </Notice>
      </Show>
      <Show when={toggle.isError}>
        <ErrorPanel
          title={isPaused() ? publishCopy.publish.resumeFailed : publishCopy.publish.pauseFailed}
          error={toggle.error}
        />
      </Show>
      <dl class={page.facts}>
        <Show when={props.publication.publishedAt}>
          {(at) => (
            <div>
              <dt>{publishCopy.publish.publishedAt}</dt>
              <dd>
                <Time at={at()} />
              </dd>
            </div>
          )}
        </Show>
        <div>
          <dt>{publishCopy.publish.cell}</dt>
          <dd>{props.publication.cell}</dd>
        </div>
      </dl>
      <div class={page.row}>
        <ButtonLink href={`/bots/${props.publication.botId}/keys`} look="primary">
          {publishCopy.publish.toKeys}
        </ButtonLink>
        <ButtonLink href={`/bots/${props.publication.botId}/connect`}>
          {publishCopy.publish.toConnect}
        </ButtonLink>
      </div>
    </Card>
  );
}
