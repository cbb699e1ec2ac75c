import { useMutation } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { api, done, read } from "~/api/client.ts";
import { ConfirmAct } from "~/page-parts/confirm-act.tsx";
import { SyncChip } from "~/page-parts/status/status-chip.tsx";
import { Button } from "~/ui/button.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Icon } from "~/ui/icon.tsx";
import { Time } from "~/ui/time.tsx";
import type { Site } from "../queries.ts";
import { copy } from "./copy.ts";
import styles from "./knowledge.module.css";

/** Web addresses that the bot reads; their pages are among the sources. */
export default function Sites(props: { botId: string; sites: Site[]; onChanged: () => void }) {
  const route = api.bots[":botId"].knowledge.sites[":siteId"];
  const param = (site: Site) => ({ botId: props.botId, siteId: site.siteId });
  const [removing, setRemoving] = createSignal<Site>();
  const visit = useMutation(() => ({
    mutationFn: (site: Site) => read(route.visit.$post({ param: param(site) })),
    onSuccess: () => props.onChanged(),
  }));
  return (
    <>
      <ul aria-label={copy.sites.listLabel}>
        <For each={props.sites}>
          {(site) => (
            <SiteRow
              site={site}
              busy={visit.isPending}
              onVisit={() => visit.mutate(site)}
              onRemove={() => setRemoving(site)}
            />
          )}
        </For>
      </ul>
      <Show when={visit.isError}>
        <ErrorPanel title={copy.sites.failed} error={visit.error} />
      </Show>
      <ConfirmAct
        of={removing()}
        onClose={() => setRemoving(undefined)}
        title={({ url }) => copy.sites.removeTitle(url)}
        consequence={copy.sites.removeText}
        action={copy.sites.removeAction}
        act={(site) => done(route.$delete({ param: param(site) }))}
        onDone={props.onChanged}
        failed={copy.sites.failed}
      />
    </>
  );
}

function SiteRow(props: { site: Site; busy: boolean; onVisit: () => void; onRemove: () => void }) {
  return (
    <li class={styles.source}>
      <span class={styles.mark}>
        <Icon name="arrow" />
      </span>
      <div>
        <p class={styles.name}>{props.site.url}</p>
        <p class={styles.about}>
          <span>{copy.sites.pages(props.site.pages)}</span>
          <Show when={props.site.visitedAt}>
            {(at) => (
              <span>
                {copy.sites.visited} <Time at={at()} />
              </span>
            )}
          </Show>
          <span>{copy.sites.every(props.site.everyHours)}</span>
        </p>
      </div>
      <span class={styles.end}>
        <span role="status">
          <SyncChip of="source" status={props.site.status} />
        </span>
        <Button
          size="small"
          look="quiet"
          busy={props.busy}
          aria-label={copy.sites.visit(props.site.url)}
          onClick={() => props.onVisit()}
        >
          <Icon name="refresh" />
        </Button>
        <Button
          size="small"
          look="quiet"
          busy={props.busy}
          aria-label={copy.sites.remove(props.site.url)}
          onClick={() => props.onRemove()}
        >
          <Icon name="cross" />
        </Button>
      </span>
      <Show when={props.site.failure}>
        <p class={styles.failure}>{props.site.failure}</p>
      </Show>
      <Show when={props.site.notes.length > 0}>
        <ul class={styles.notes} aria-label={copy.knowledge.notes}>
          <For each={props.site.notes}>{(note) => <li>{note}</li>}</For>
        </ul>
      </Show>
    </li>
  );
}
