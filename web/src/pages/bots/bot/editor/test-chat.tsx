import { useQueryClient } from "@tanstack/solid-query";
import { createSignal, createUniqueId, For, onCleanup, Show } from "solid-js";
import { createStore, produce } from "solid-js/store";
import { names } from "~/api/cache-names.ts";
import { CitedText, type Passage, Passages } from "~/page-parts/passages/passages.tsx";
import { formatMs, formatTokens, formatUsd } from "~/format.ts";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Icon } from "~/ui/icon.tsx";
import { Notice } from "~/ui/notice.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { copy } from "./copy.ts";
import styles from "./test-chat.module.css";
import { askTest } from "./test-stream.ts";

interface Turn {
  role: "user" | "assistant";
  text: string;
  sources: Passage[];
  /** What it took; only of a whole answer. */
  meta: string | null;
}

/** A conversation with the bot as it is saved; kept nowhere but here. */
export function TestChat(props: { isDirty: boolean }) {
  const bot = useCurrentBot();
  const client = useQueryClient();
  const [turns, setTurns] = createStore<Turn[]>([]);
  const [question, setQuestion] = createSignal("");
  const [asking, setAsking] = createSignal<AbortController>();
  const [error, setError] = createSignal<unknown>();
  let log: HTMLDivElement | undefined;
  onCleanup(() => asking()?.abort());

  const change = (act: (turn: Turn) => void) =>
    setTurns(
      produce((all) => {
        const last = all.at(-1);
        if (last) act(last);
      }),
    );
  const follow = () => queueMicrotask(() => log?.scrollTo({ top: log.scrollHeight }));

  async function ask() {
    const text = question().trim();
    if (text === "" || asking()) return;
    const controller = new AbortController();
    const said = turns
      .filter((turn) => turn.text !== "")
      .map((turn) => ({ role: turn.role, text: turn.text }));
    setError(undefined);
    setQuestion("");
    setAsking(controller);
    setTurns(
      produce((all) => {
        all.push({ role: "user", text, sources: [], meta: null });
        all.push({ role: "assistant", text: "", sources: [], meta: null });
      }),
    );
    follow();
    try {
      const messages = [...said, { role: "user" as const, text }];
      for await (const event of askTest(bot().botId, messages, controller.signal)) {
        switch (event.type) {
          case "sources":
            change((turn) => {
              turn.sources = event.sources;
            });
            break;
          case "text":
            change((turn) => {
              turn.text += event.text;
            });
            break;
          case "done":
            change((turn) => {
              const { usage, costMicroUsd, ms } = event;
              turn.meta = copy.testChat.meta(
                formatMs(ms),
                formatTokens(usage.inputTokens + usage.outputTokens),
                formatUsd(costMicroUsd),
              );
            });
            break;
          case "failed":
            throw new Error(event.message);
        }
        follow();
      }
      void client.invalidateQueries({ queryKey: names.publication(bot().botId) });
    } catch (cause) {
      if (!controller.signal.aborted) setError(cause);
      setTurns((all) => (all.at(-1)?.text === "" ? all.slice(0, -2) : all));
      if (!controller.signal.aborted) setQuestion(text);
    } finally {
      setAsking(undefined);
      follow();
    }
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void ask();
  };
  return (
    <Card
      title={copy.testChat.title}
      hint={copy.testChat.hint}
      actions={
        <Show when={turns.length > 0}>
          <Button
            size="small"
            onClick={() => {
              asking()?.abort();
              setTurns([]);
              setError(undefined);
            }}
          >
            {copy.testChat.clear}
          </Button>
        </Show>
      }
    >
      <div
        class={styles.log}
        ref={(element) => {
          log = element;
        }}
        role="log"
        aria-label={copy.testChat.logLabel}
        aria-busy={asking() !== undefined}
        tabindex="0"
      >
        <For
          each={turns}
          fallback={<p class={styles.nothing}>{copy.testChat.empty(bot().title)}</p>}
        >
          {(turn) => (
            <div class={styles.turn} data-role={turn.role}>
              <span class={styles.who}>
                {turn.role === "user" ? copy.testChat.you : bot().title}
              </span>
              <Said turn={turn} />
              <Show when={turn.meta}>
                <span class={styles.meta}>{turn.meta}</span>
              </Show>
            </div>
          )}
        </For>
      </div>
      <Show when={props.isDirty}>
        <Notice tone="warn">
          <p>{copy.testChat.dirty}</p>
        </Notice>
      </Show>
      <Show when={error()}>
        {(cause) => <ErrorPanel title={copy.testChat.failed} error={cause()} />}
      </Show>
      <form class={styles.ask} onSubmit={submit}>
        <TextField
          label={copy.testChat.question}
          value={question()}
          onInput={setQuestion}
          inputProps={{ autocomplete: "off", maxlength: 50000 }}
        />
        <Show
          when={asking()}
          fallback={
            <Button look="primary" type="submit">
              <Icon name="send" />
              {copy.testChat.ask}
            </Button>
          }
        >
          {(controller) => (
            <Button onClick={() => controller().abort()}>
              <Icon name="stop" />
              {copy.testChat.stop}
            </Button>
          )}
        </Show>
      </form>
    </Card>
  );
}

/** What was said, and beside an answer the passages that it rests on. */
function Said(props: { turn: Turn }) {
  const prefix = createUniqueId();
  const [open, setOpen] = createSignal(false);
  const [cited, setCited] = createSignal<number>();
  return (
    <>
      <div class={styles.said}>
        <CitedText
          text={props.turn.text || copy.testChat.thinking}
          passages={props.turn.sources.length}
          prefix={prefix}
          onCite={(rank) => {
            setOpen(true);
            setCited(rank);
          }}
        />
      </div>
      <Show when={props.turn.meta && props.turn.sources.length > 0}>
        <details
          class={styles.sources}
          open={open()}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          <summary>{copy.testChat.sources(props.turn.sources.length)}</summary>
          <Passages
            label={copy.testChat.sources(props.turn.sources.length)}
            passages={props.turn.sources}
            prefix={prefix}
            cited={cited()}
          />
        </details>
      </Show>
    </>
  );
}
