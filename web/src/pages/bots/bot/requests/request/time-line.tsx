import { useQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { createSignal, For, onCleanup, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { formatMs } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { copy as statusCopy } from "~/page-parts/status/copy.ts";
import { isOpen } from "~/page-parts/status/status.ts";
import { Async } from "~/ui/async.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { whileOpenMs } from "../queries.ts";
import { copy as words } from "./copy.ts";
import type { RunDetail } from "./queries.ts";
import styles from "./request.module.css";

const copy = words.events;
const route = api.bots[":botId"].publication.runs[":runId"].events;
type Log = InferResponseType<typeof route.$get, 200>;
type RunEvent = Log["events"][number];

/** What the readers of a run's stream have had, as they had it; replayed on request. */
export function TimeLine(props: { run: RunDetail; botId: string }) {
  const log = useQuery(() => ({
    queryKey: [...names.runs(props.botId), props.run.runId, "events", props.run.redrives],
    queryFn: () => read(route.$get({ param: { botId: props.botId, runId: props.run.runId } })),
    refetchInterval: isOpen(props.run.status) ? whileOpenMs : (false as const),
  }));
  return (
    <Card title={copy.title} hint={copy.hint}>
      <Async query={log} title={copy.failed}>
        {(data) => (
          <Show when={data().events.length > 0} fallback={<p class={page.soft}>{copy.none}</p>}>
            <Events log={data()} startedAt={props.run.createdAt} />
          </Show>
        )}
      </Async>
    </Card>
  );
}

/** A replay lasts no longer, however long the run took. */
const replayMaxMs = 20_000;

function Events(props: { log: Log; startedAt: string | null }) {
  /** How many are shown; all where nothing is being replayed. */
  const [shown, setShown] = createSignal<number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const begun = () => Date.parse(props.startedAt ?? "");
  const afterMs = ({ at }: RunEvent) => (at === null ? null : Date.parse(at) - begun());
  const visible = () => props.log.events.slice(0, shown());

  function replay() {
    clearTimeout(timer);
    const times = props.log.events.map((event) => afterMs(event) ?? 0);
    const first = times[0] ?? 0;
    const total = Math.max(1, (times.at(-1) ?? 0) - first);
    const pace = Math.min(1, replayMaxMs / total);
    const step = (index: number) => {
      setShown(index);
      if (index >= times.length) return setShown(undefined);
      const gap = (times[index] ?? 0) - (times[index - 1] ?? first);
      timer = setTimeout(() => step(index + 1), Math.max(0, gap * pace));
    };
    step(0);
  }
  const stop = () => {
    clearTimeout(timer);
    setShown(undefined);
  };
  return (
    <>
      <div>
        <Show
          when={shown() !== undefined}
          fallback={
            <Button size="small" onClick={replay}>
              {copy.replay}
            </Button>
          }
        >
          <Button size="small" onClick={stop}>
            {copy.stop}
          </Button>
        </Show>
      </div>
      <ol class={styles.events} tabindex="0" aria-label={copy.title}>
        <For each={visible()}>
          {(event) => (
            <li data-kind={event.kind}>
              <span class={`${page.soft} ${page.small}`}>
                <Show when={afterMs(event) !== null} fallback={`#${event.seq}`}>
                  {words.after(formatMs(afterMs(event) ?? 0))}
                </Show>
              </span>
              <span>{copy.kinds[event.kind]}</span>
              <span class={styles.text} data-written="">
                {wordsOf(event)}
              </span>
            </li>
          )}
        </For>
      </ol>
      <Show when={props.log.isMore}>
        <p class={page.soft}>{copy.more(props.log.events.length)}</p>
      </Show>
    </>
  );
}

function wordsOf(event: RunEvent): string {
  switch (event.kind) {
    case "attempt":
      return copy.attempt(event.attempt);
    case "text":
    case "reasoning":
      return event.text;
    case "tool":
      return copy.tool(event.name, copy.toolStatus[event.status]);
    case "end":
      return statusCopy.run[event.status];
  }
}
