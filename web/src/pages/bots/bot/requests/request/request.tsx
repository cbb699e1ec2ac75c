import { A, useParams } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, createUniqueId, type JSX, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { copy as common } from "~/copy.ts";
import { formatNumber, formatUsd } from "~/format.ts";
import NotFound from "~/page-parts/not-found/not-found.tsx";
import page from "~/page-parts/page.module.css";
import { CitedText, Passages } from "~/page-parts/passages/passages.tsx";
import { RunChip } from "~/page-parts/status/status-chip.tsx";
import { announce } from "~/ui/announcer.tsx";
import { Async } from "~/ui/async.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { CopyButton } from "~/ui/copy-button.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Icon } from "~/ui/icon.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Time } from "~/ui/time.tsx";
import bots from "../../bot.module.css";
import { copy as requestsCopy } from "../copy.ts";
import { copy } from "./copy.ts";
import { type RunDetail, useRun } from "./queries.ts";
import styles from "./request.module.css";
import { TimeLine } from "./time-line.tsx";
import { Timing } from "./timing.tsx";

export default function Request() {
  const params = useParams<{ botId: string; runId: string }>();
  const run = useRun(
    () => params.botId,
    () => params.runId,
  );
  return (
    <div class={page.page}>
      <A class={bots.crumb} href={`/bots/${params.botId}/requests`}>
        <Icon name="back" /> {copy.back}
      </A>
      <Async
        query={run}
        title={copy.failed}
        missing={<NotFound inside words={copy.missing} href={`/bots/${params.botId}/requests`} />}
      >
        {(data) => (
          <>
            <div class={page.head}>
              <h2>
                {copy.title} <Show when={data().createdAt}>{(at) => <Time at={at()} />}</Show>
              </h2>
              <RunChip status={data().status} />
            </div>
            <Failure run={data()} botId={params.botId} />
            <Timing run={data()} />
            <Text title={copy.question} parts={data().question} />
            <Answer run={data()} />
            <TimeLine run={data()} botId={params.botId} />
            <Facts run={data()} botId={params.botId} />
          </>
        )}
      </Async>
    </div>
  );
}

/** Why a run failed, and the way to have it answered after all. */
function Failure(props: { run: RunDetail; botId: string }) {
  const client = useQueryClient();
  const redrive = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].publication.runs[":runId"].redrive.$post({
          param: { botId: props.botId, runId: props.run.runId },
        }),
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: names.runs(props.botId) });
      announce(copy.redriven);
    },
  }));
  return (
    <Show when={props.run.status === "failed" && props.run.error}>
      {(error) => (
        <>
          <Notice tone="bad" title={copy.failure}>
            <p>
              {error().message} <code>{error().code}</code>
            </p>
            <Show when={error().cause}>
              <p class={page.small}>{error().cause}</p>
            </Show>
            <p>{copy.redriveHint}</p>
            <Button size="small" busy={redrive.isPending} onClick={() => redrive.mutate()}>
              <Icon name="refresh" />
              {copy.redrive}
            </Button>
          </Notice>
          <Show when={redrive.isError}>
            <ErrorPanel title={requestsCopy.redriveFailed} error={redrive.error} />
          </Show>
        </>
      )}
    </Show>
  );
}

function Facts(props: { run: RunDetail; botId: string }) {
  return (
    <Card title={copy.facts}>
      <dl class={page.facts}>
        <Fact label={copy.runId}>
          <span class={styles.id}>
            <code>{props.run.runId}</code>
            <CopyButton value={props.run.runId} label={copy.copyId} />
          </span>
        </Fact>
        <Fact label={copy.conversation}>
          <code>{props.run.conversationId}</code>
        </Fact>
        <Fact label={requestsCopy.key}>
          <A href={`/bots/${props.botId}/requests?key=${props.run.keyId}`}>
            <code>{props.run.keyId}</code>
          </A>
        </Fact>
        <Fact label={requestsCopy.model}>{props.run.model ?? common.none}</Fact>
        <Fact label={copy.attempts}>{formatNumber(props.run.attempts)}</Fact>
        <Fact label={copy.inputTokens}>{formatNumber(props.run.inputTokens ?? 0)}</Fact>
        <Fact label={copy.outputTokens}>{formatNumber(props.run.outputTokens ?? 0)}</Fact>
        <Fact label={requestsCopy.cost}>{formatUsd(props.run.costMicroUsd ?? 0)}</Fact>
        <Show when={props.run.finishedAt}>
          {(at) => (
            <Fact label={copy.finished}>
              <Time at={at()} />
            </Fact>
          )}
        </Show>
      </dl>
    </Card>
  );
}

const Fact = (props: { label: string; children: JSX.Element }) => (
  <div>
    <dt>{props.label}</dt>
    <dd>{props.children}</dd>
  </div>
);

/** What was said to the client, and beside it the passages that the model was given. */
function Answer(props: { run: RunDetail }) {
  const prefix = createUniqueId();
  const [cited, setCited] = createSignal<number>();
  const passages = () =>
    (props.run.usedChunks ?? [])
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ source, content, place }) => ({ source, text: content, place }));
  return (
    <>
      <Card title={copy.answer}>
        <p class={styles.text} data-written="">
          <Show when={textOf(props.run.answer)} fallback={copy.noText}>
            {(text) => (
              <CitedText
                text={text()}
                passages={passages().length}
                prefix={prefix}
                onCite={setCited}
              />
            )}
          </Show>
        </p>
      </Card>
      <Show when={passages().length > 0}>
        <Card title={copy.passages} hint={copy.passagesHint}>
          <Passages label={copy.passages} passages={passages()} prefix={prefix} cited={cited()} />
        </Card>
      </Show>
    </>
  );
}

const textOf = (parts: RunDetail["question"]): string =>
  (parts ?? [])
    .map((part) => ("body" in part ? part.body : "fileName" in part ? part.fileName : ""))
    .filter((line) => line !== "")
    .join("\n");

function Text(props: { title: string; parts: RunDetail["question"] }) {
  return (
    <Card title={props.title}>
      <p class={styles.text} data-written="">
        {textOf(props.parts) || copy.noText}
      </p>
    </Card>
  );
}
