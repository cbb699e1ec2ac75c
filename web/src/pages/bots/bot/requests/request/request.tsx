import { A, useNavigate, useParams } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, type JSX, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { copy as common } from "~/copy.ts";
import { formatNumber, formatUsd } from "~/format.ts";
import { Calls } from "~/page-parts/calls/calls.tsx";
import NotFound from "~/page-parts/not-found/not-found.tsx";
import page from "~/page-parts/page.module.css";
import { isLive } from "~/page-parts/status/status.ts";
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
import { copy as erasure } from "~/page-parts/erasure/copy.ts";
import { EraseClient } from "~/page-parts/erasure/erase-client.tsx";
import { useCurrentBot } from "../../bot-context.ts";
import { useKeys } from "../../queries.ts";
import { copy as requestsCopy } from "../copy.ts";
import { copy } from "./copy.ts";
import { Passages } from "./passages.tsx";
import { type RunDetail, useRun } from "./queries.ts";
import { Raw } from "./raw.tsx";
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
            <Called run={data()} />
            <Text title={copy.answer} parts={data().answer} />
            <Passages chunks={data().usedChunks} />
            <TimeLine run={data()} botId={params.botId} />
            <Facts run={data()} botId={params.botId} />
            <Raw run={data()} />
            <EraseAll keyId={data().keyId} botId={params.botId} />
          </>
        )}
      </Async>
    </div>
  );
}

/** What was called on the way to the answer. */
const Called = (props: { run: RunDetail }) => (
  <Show when={props.run.calls.length > 0}>
    <Card title={copy.calls}>
      <Show when={props.run.unknownCalls > 0}>
        <Notice tone="warn" title={copy.unknownCalls(props.run.unknownCalls)} />
      </Show>
      <Calls
        calls={props.run.calls.map(({ input, outcome, ...call }) => ({
          ...call,
          status: outcome,
          input: JSON.stringify(input, null, 2),
        }))}
      />
    </Card>
  </Show>
);

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
  const bot = useCurrentBot();
  // Keys end with the publication, what they brought does not.
  const keys = useKeys(
    () => props.botId,
    () => isLive(bot().publicationStatus),
  );
  const keyLabel = () =>
    keys.data?.pages.flatMap((one) => one.keys).find((key) => key.keyId === props.run.keyId)
      ?.label ?? requestsCopy.deletedKey;
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
          <span class={styles.id}>
            <code>{props.run.conversationId}</code>
            <CopyButton value={props.run.conversationId} label={copy.copyConversation} />
          </span>
        </Fact>
        <Fact label={requestsCopy.key}>
          <span class={styles.id}>
            <A href={`/bots/${props.botId}/requests?key=${props.run.keyId}`}>{keyLabel()}</A>
            <CopyButton value={props.run.keyId} label={copy.copyKey} />
          </span>
        </Fact>
        <Show when={props.run.requestId}>
          {(requestId) => (
            <Fact label={copy.requestId}>
              <span class={styles.id}>
                <code>{requestId()}</code>
                <CopyButton value={requestId()} label={copy.copyRequestId} />
              </span>
            </Fact>
          )}
        </Show>
        <Fact label={copy.via}>{copy.ways[props.run.via]}</Fact>
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

/** Of the client that sent it, whether its key is still there or not. */
function EraseAll(props: { keyId: string; botId: string }) {
  const navigate = useNavigate();
  const [asked, setAsked] = createSignal(false);
  return (
    <Card title={copy.eraseAll} hint={copy.eraseAllHint} tone="danger">
      <div>
        <Button look="danger-quiet" onClick={() => setAsked(true)}>
          {erasure.erase}
        </Button>
      </div>
      <EraseClient
        of={asked() ? { keyId: props.keyId, label: copy.thisKey } : undefined}
        onClose={() => setAsked(false)}
        onBegun={() => navigate(`/bots/${props.botId}/keys`)}
        botId={props.botId}
      />
    </Card>
  );
}

const Fact = (props: { label: string; children: JSX.Element }) => (
  <div>
    <dt>{props.label}</dt>
    <dd>{props.children}</dd>
  </div>
);

function Text(props: { title: string; parts: RunDetail["question"] }) {
  const text = () =>
    (props.parts ?? [])
      .map((part) => ("body" in part ? part.body : "fileName" in part ? part.fileName : ""))
      .filter((line) => line !== "")
      .join("\n");
  return (
    <Card title={props.title}>
      <p class={styles.text} data-written="">
        {text() || copy.noText}
      </p>
    </Card>
  );
}
