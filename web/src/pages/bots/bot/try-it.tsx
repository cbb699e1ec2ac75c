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
import { TextField } from "~/ui/text-field.tsx";
import { useCurrentBot } from "./bot-context.ts";
import { callEndpoint } from "./call-endpoint.ts";
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
  const [answer, setAnswer] = createSignal<{ text: string; ms: number }>();
  const [error, setError] = createSignal<unknown>();
  let asking: AbortController | undefined;
  onCleanup(() => asking?.abort());

  async function send() {
    asking?.abort();
    const controller = new AbortController();
    asking = controller;
    const startedAt = performance.now();
    setError(undefined);
    setAnswer(undefined);
    setState("queued");
    try {
      for await (const event of callEndpoint(
        props.endpoint,
        props.apiKey ?? key().trim(),
        message(),
        controller.signal,
      )) {
        if (event.type === "state") setState(event.state);
        else setAnswer({ text: event.text, ms: performance.now() - startedAt });
      }
      void client.invalidateQueries({ queryKey: names.runs(bot().botId) });
      void client.invalidateQueries({ queryKey: names.keys(bot().botId) });
    } catch (cause) {
      if (!controller.signal.aborted) setError(cause);
    } finally {
      if (asking === controller) setState(undefined);
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
          <Button look="primary" type="submit" busy={state() !== undefined}>
            {copy.send}
          </Button>
        </div>
      </form>
      <section class={styles.answer} aria-label={copy.answer} aria-live="polite">
        <Show when={state()}>
          {(now) => <p class={page.soft}>{copy.waiting(statusCopy.run[now()].toLowerCase())}</p>}
        </Show>
        <Show when={answer()}>
          {(given) => (
            <>
              <p class={styles.text}>{given().text}</p>
              <p class={`${page.soft} ${page.small}`}>{copy.took(formatMs(given().ms))}</p>
            </>
          )}
        </Show>
        <Show when={!state() && !answer() && !error()}>
          <p class={page.soft}>{copy.answerEmpty}</p>
        </Show>
      </section>
      <Show when={error()}>{(cause) => <ErrorPanel title={copy.failed} error={cause()} />}</Show>
    </Card>
  );
}
