import { Key as Keyed } from "@solid-primitives/keyed";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createMemo, createSignal, For, lazy, Show, Suspense } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, done, read } from "~/api/client.ts";
import { useMe } from "~/api/me.ts";
import { formatBytes } from "~/format.ts";
import { ConfirmAct } from "~/page-parts/confirm-act.tsx";
import page from "~/page-parts/page.module.css";
import { SyncChip } from "~/page-parts/status/status-chip.tsx";
import { announce } from "~/ui/announcer.tsx";
import { Async } from "~/ui/async.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Icon } from "~/ui/icon.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { type Knowledge, type Source, useKnowledge } from "../queries.ts";
import { copy } from "./copy.ts";
import { accepted, isEditable } from "./kinds.ts";
import styles from "./knowledge.module.css";

/** Where none is allowed, nobody ever sees it. */
const KnowledgeBaseField = lazy(() => import("./knowledge-base.tsx"));
/** What a bot without web addresses never shows. */
const Sites = lazy(() => import("./sites.tsx"));
/** Dialogs are no part of the page's load: each comes when it is first opened, and stays. */
const AddText = lazy(() => import("./add-text.tsx"));
const EditText = lazy(() => import("./edit-text.tsx"));
const AddSite = lazy(() => import("./add-site.tsx"));

export function KnowledgeCard() {
  const bot = useCurrentBot();
  const botId = () => bot().botId;
  const knowledge = useKnowledge(botId);
  const me = useMe();
  const bases = () => me.data?.knowledgeBases ?? [];
  const client = useQueryClient();
  const [writing, setWriting] = createSignal(false);
  const [addingSite, setAddingSite] = createSignal(false);
  const [removing, setRemoving] = createSignal<Source>();
  const [editing, setEditing] = createSignal<Source>();
  const opened = {
    text: createMemo((was: boolean) => was || writing(), false),
    site: createMemo((was: boolean) => was || addingSite(), false),
    edit: createMemo((was: boolean) => was || editing() !== undefined, false),
  };
  const route = api.bots[":botId"].knowledge;
  const changed = () => {
    void client.invalidateQueries({ queryKey: names.knowledge(botId()) });
    void client.invalidateQueries({ queryKey: names.publication(botId()) });
  };
  const upload = useMutation(() => ({
    mutationFn: async (files: File[]) => {
      const { uploadFile } = await import("./upload.ts");
      for (const file of files) {
        const added = await uploadFile(botId(), file);
        // What the API took in is shown at once; how its reading goes on is asked for.
        client.setQueryData<Knowledge>(
          names.knowledge(botId()),
          (old) => old && { ...old, sources: [...old.sources, added] },
        );
        changed();
      }
    },
  }));
  const resync = useMutation(() => ({
    mutationFn: () => read(route.sync.$post({ param: { botId: botId() }, json: {} })),
    onSuccess: changed,
  }));
  const removed = (source: Source) => {
    client.setQueryData<Knowledge>(
      names.knowledge(botId()),
      (old) =>
        old && { ...old, sources: old.sources.filter((s) => s.sourceId !== source.sourceId) },
    );
    changed();
  };
  const failed = () => knowledge.data?.sources.some(({ status }) => status === "FAILED");
  return (
    <Card
      title={copy.knowledge.title}
      hint={copy.knowledge.hint}
      actions={
        <Show when={failed()}>
          <Button size="small" busy={resync.isPending} onClick={() => resync.mutate()}>
            <Icon name="refresh" />
            {copy.knowledge.resync}
          </Button>
        </Show>
      }
    >
      <Async
        query={knowledge}
        title={copy.knowledge.failed}
        skeleton={<Skeleton kind="row" count={2} />}
      >
        {(data) => (
          <>
            <Show when={data().sites.length > 0}>
              <Suspense>
                <Sites botId={botId()} sites={data().sites} onChanged={changed} />
              </Suspense>
            </Show>
            <Show
              when={data().sources.length > 0}
              fallback={<p class={page.soft}>{copy.knowledge.empty}</p>}
            >
              <ul aria-label={copy.knowledge.listLabel}>
                {/* By id: a row whose sync goes on is the same row, and says so. */}
                <Keyed each={data().sources} by="sourceId">
                  {(source) => (
                    <SourceRow
                      source={source()}
                      onOpen={() => setEditing(source())}
                      onRemove={() => setRemoving(source())}
                    />
                  )}
                </Keyed>
              </ul>
            </Show>
          </>
        )}
      </Async>
      <Dropzone
        busy={upload.isPending}
        onFiles={(files) => upload.mutate(files)}
        onWrite={() => setWriting(true)}
        onAddSite={() => setAddingSite(true)}
      />
      <Show when={bases().length > 0 || bot().knowledgeBase !== null}>
        <Suspense fallback={<Skeleton kind="row" count={1} />}>
          <KnowledgeBaseField allowed={bases()} />
        </Suspense>
      </Show>
      <Show when={upload.isError}>
        <ErrorPanel title={copy.knowledge.uploadFailed} error={upload.error} />
      </Show>
      <Show when={resync.isError}>
        <ErrorPanel title={copy.knowledge.resyncFailed} error={resync.error} />
      </Show>
      <Suspense>
        <Show when={opened.site()}>
          <AddSite
            open={addingSite()}
            onClose={() => setAddingSite(false)}
            botId={botId()}
            onAdded={changed}
          />
        </Show>
        <Show when={opened.text()}>
          <AddText
            open={writing()}
            onClose={() => setWriting(false)}
            botId={botId()}
            onAdded={changed}
          />
        </Show>
        <Show when={opened.edit()}>
          <EditText
            of={editing()}
            botId={botId()}
            onClose={() => setEditing(undefined)}
            onSaved={(name) => {
              announce(copy.editText.saved(name));
              changed();
            }}
          />
        </Show>
      </Suspense>
      <ConfirmAct
        of={removing()}
        onClose={() => setRemoving(undefined)}
        title={({ name }) => copy.knowledge.removeTitle(name)}
        consequence={copy.knowledge.removeText}
        action={copy.knowledge.remove}
        act={({ sourceId }) =>
          done(route[":sourceId"].$delete({ param: { botId: botId(), sourceId } }))
        }
        onDone={(_, source) => removed(source)}
        done={(_, { name }) => copy.knowledge.removed(name)}
        failed={copy.knowledge.removeFailed}
      />
    </Card>
  );
}

export function SourceRow(props: { source: Source; onOpen: () => void; onRemove: () => void }) {
  return (
    <li class={styles.source}>
      <span class={styles.mark}>
        <Icon name="file" />
      </span>
      <div>
        <p class={styles.name}>
          <Show when={isEditable(props.source)} fallback={props.source.name}>
            <button
              type="button"
              class={styles.open}
              aria-label={copy.editText.open(props.source.name)}
              onClick={() => props.onOpen()}
            >
              {props.source.name}
            </button>
          </Show>
        </p>
        <p class={styles.about}>
          <span>{formatBytes(props.source.bytes)}</span>
          <Show when={props.source.status === "SUCCEEDED"}>
            <span>{copy.knowledge.passages(props.source.passages)}</span>
          </Show>
          <Show when={props.source.progress}>
            {(progress) => (
              <span>{copy.knowledge.done[progress().of](progress().done, progress().total)}</span>
            )}
          </Show>
        </p>
      </div>
      <span class={styles.end}>
        {/* Says by itself how the sync goes on. */}
        <span role="status">
          <SyncChip of="source" status={props.source.status} />
        </span>
        <Button
          size="small"
          look="quiet"
          aria-label={copy.knowledge.removeOne(props.source.name)}
          onClick={() => props.onRemove()}
        >
          <Icon name="cross" />
        </Button>
      </span>
      <Show when={props.source.failure}>
        <p class={styles.failure}>{props.source.failure}</p>
      </Show>
      <Show when={props.source.notes.length > 0}>
        <ul class={styles.notes} aria-label={copy.knowledge.notes}>
          <For each={props.source.notes}>{(note) => <li>{note}</li>}</For>
        </ul>
      </Show>
    </li>
  );
}

interface DropzoneProps {
  busy: boolean;
  onFiles: (files: File[]) => void;
  onWrite: () => void;
  onAddSite: () => void;
}

function Dropzone(props: DropzoneProps) {
  const [over, setOver] = createSignal(false);
  let input: HTMLInputElement | undefined;
  const take = (files: FileList | null | undefined) => {
    if (files && files.length > 0) props.onFiles([...files]);
  };
  return (
    <div
      class={styles.drop}
      data-over={over() ? "" : undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <p class={`${page.soft} ${page.small}`}>{copy.knowledge.drop}</p>
      <span class={page.row}>
        <Button busy={props.busy} onClick={() => input?.click()}>
          <Icon name="plus" />
          {copy.knowledge.upload}
        </Button>
        <Button look="quiet" onClick={() => props.onWrite()}>
          {copy.knowledge.write}
        </Button>
        <Button look="quiet" onClick={() => props.onAddSite()}>
          {copy.knowledge.addSite}
        </Button>
      </span>
      <input
        ref={(element) => {
          input = element;
        }}
        type="file"
        hidden
        multiple
        accept={accepted}
        aria-label={copy.knowledge.upload}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}
