import { useQueryClient } from "@tanstack/solid-query";
import { createSignal, onCleanup, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { formatMs } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { copy as statusCopy } from "~/page-parts/status/copy.ts";
import type { RunStatus } from "~/page-parts/status/status.ts";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Icon } from "~/ui/icon.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { useCurrentBot } from "./bot-context.ts";
import { callEndpoint, stopped } from "./call-endpoint.ts";
import { copy as words } from "./copy.ts";
import styles from "./try-it.module.css";

const copy = words.tryIt;

/** A real call to the real endpoint. The key is held in this page's memory and nowhere else. */
export function TryIt(props: { endpoint: string; apiKey?: string }) {
  const bot = useCurrentBot();
  const client = useQueryClient();
  const [key, setKey] = createSignal("");
  const [message, setMessage] = createSignal("");
  const [state, setState] = createSignal<RunStatus>();
  const [answer, setAnswer] = createSignal("");
  const [ended, setEnded] = createSignal<{
    state: RunStatus;
    problem: string | null;
    ms: number;
  }>();
  const [error, setError] = createSignal<unknown>();
  let asking: AbortController | undefined;
  onCleanup(() => asking?.abort());

  async function send() {
    asking?.abort();
    const controller = new AbortController();
    asking = controller;
    const startedAt = performance.now();
    setError(undefined);
    setEnded(undefined);
    setAnswer("");
    setState("queued");
    const { signal } = controller;
    try {
      const asked = { key: props.apiKey ?? key().trim(), text: message(), signal };
      for await (const event of callEndpoint({ endpoint: props.endpoint, ...asked })) {
        if (event.type === "state") setState(event.state);
        else if (event.type === "text") setAnswer(event.text);
        else setEnded({ ...event, ms: performance.now() - startedAt });
      }
    } catch (cause) {
      if (!signal.aborted) setError(cause);
      else if (signal.reason === stopped) {
        setEnded({ state: "cancelled", problem: null, ms: performance.now() - startedAt });
      }
    } finally {
      if (asking === controller) setState(undefined);
      void client.invalidateQueries({ queryKey: names.runs(bot().botId) });
      void client.invalidateQueries({ queryKey: names.keys(bot().botId) });
    }
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!state()) void send();
  };
  return (
    <Card title={copy.title} hint={copy.hint}>
      <form class={page.form} onSubmit={submit}>
        <div class={page.pair}>
          <Show when={props.apiKey === undefined}>
            <TextField
              label={copy.key}
              hint={copy.keyHint}
              value={key()}
              onInput={setKey}
              required
              mono
              inputProps={{ type: "password", autocomplete: "off", spellcheck: false }}
            />
          </Show>
          <TextField
            label={copy.message}
            value={message()}
            onInput={setMessage}
            required
            inputProps={{ autocomplete: "off" }}
          />
        </div>
        <div>
          <Show
            when={state()}
            fallback={
              <Button look="primary" type="submit">
                <Icon name="send" />
                {copy.send}
              </Button>
            }
          >
            <Button onClick={() => asking?.abort(stopped)}>
              <Icon name="stop" />
              {copy.stop}
            </Button>
          </Show>
        </div>
      </form>
      <section
        class={styles.answer}
        aria-label={copy.answer}
        aria-live="polite"
        aria-busy={state() !== undefined}
      >
        <Show when={state()}>
          {(now) => <p class={page.soft}>{copy.waiting(statusCopy.run[now()].toLowerCase())}</p>}
        </Show>
        <Show when={answer()}>
          {(said) => (
            <p class={styles.text} data-written="">
              {said()}
            </p>
          )}
        </Show>
        <Show when={ended()}>
          {(end) => <p class={`${page.soft} ${page.small}`}>{end().problem ?? endOf(end())}</p>}
        </Show>
        <Show when={!state() && !answer() && !ended() && !error()}>
          <p class={page.soft}>{copy.answerEmpty}</p>
        </Show>
      </section>
      <Show when={error()}>{(cause) => <ErrorPanel title={copy.failed} error={cause()} />}</Show>
    </Card>
  );
}

function endOf({ state, ms }: { state: RunStatus; ms: number }): string {
  const time = formatMs(ms);
  return state === "completed" ? copy.took(time) : copy.ended(statusCopy.run[state], time);
}
