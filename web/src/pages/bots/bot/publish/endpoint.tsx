import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { formatCell } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { announce } from "~/ui/announcer.tsx";
import { Button, ButtonLink } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ConfirmDialog } from "~/ui/confirm-dialog.tsx";
import { CopyButton } from "~/ui/copy-button.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Time } from "~/ui/time.tsx";
import styles from "../endpoint.module.css";
import type { Publication } from "../queries.ts";
import { copy } from "./copy.ts";

export function Endpoint(props: { publication: Publication }) {
  const client = useQueryClient();
  const [pausing, setPausing] = createSignal(false);
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
      setPausing(false);
      client.setQueryData(names.publication(changed.botId), changed);
      client.setQueryData(names.bot(changed.botId), (old: object | undefined) =>
        old ? { ...old, publicationStatus: changed.status } : old,
      );
      void client.invalidateQueries({ queryKey: names.bots });
      // Resuming harms nobody; pausing is asked about first.
      if (changed.status === "paused") announce(copy.paused, "good", () => toggle.mutate());
      else announce(copy.resumed);
    },
  }));
  return (
    <Card
      title={copy.endpoint}
      hint={copy.endpointHint}
      actions={
        <Button
          busy={toggle.isPending}
          disabled={props.publication.status === "updating"}
          onClick={() => (isPaused() ? toggle.mutate() : setPausing(true))}
        >
          {isPaused() ? copy.resume : copy.pause}
        </Button>
      }
    >
      <div class={styles.url}>
        <code>{props.publication.endpoint}</code>
        <CopyButton value={props.publication.endpoint ?? ""} label={copy.copyEndpoint} />
      </div>
      <Show when={isPaused()}>
        <Notice tone="warn" title={copy.pausedTitle}>
          <p>{copy.pausedText}</p>
        </Notice>
      </Show>
      <ConfirmDialog
        open={pausing()}
        onClose={() => {
          setPausing(false);
          toggle.reset();
        }}
        title={copy.pauseTitle}
        consequence={copy.pauseText}
        action={copy.pause}
        busy={toggle.isPending}
        error={toggle.error}
        failed={copy.pauseFailed}
        onConfirm={() => toggle.mutate()}
      />
      <Show when={toggle.isError && !pausing()}>
        <ErrorPanel
          title={isPaused() ? copy.resumeFailed : copy.pauseFailed}
          error={toggle.error}
        />
      </Show>
      <dl class={page.facts}>
        <Show when={props.publication.publishedAt}>
          {(at) => (
            <div>
              <dt>{copy.publishedAt}</dt>
              <dd>
                <Time at={at()} />
              </dd>
            </div>
          )}
        </Show>
        <div>
          <dt>{copy.cell}</dt>
          <dd>{formatCell(props.publication.cell)}</dd>
        </div>
      </dl>
      <div class={page.row}>
        <ButtonLink href={`/bots/${props.publication.botId}/keys`} look="primary">
          {copy.toKeys}
        </ButtonLink>
        <ButtonLink href={`/bots/${props.publication.botId}/connect`}>{copy.toConnect}</ButtonLink>
      </div>
    </Card>
  );
}
