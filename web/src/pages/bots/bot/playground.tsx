import { A } from "@solidjs/router";
import { useQueryClient } from "@tanstack/solid-query";
import { createEffect, createSignal, For, lazy, on, Show, Suspense } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { useMe } from "~/api/me.ts";
import page from "~/page-parts/page.module.css";
import { isLive } from "~/page-parts/status/status.ts";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Icon } from "~/ui/icon.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Select } from "~/ui/select.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { useCurrentBot } from "./bot-context.ts";
import { copy as words } from "./copy.ts";
import { knownKey, rememberKey } from "./known-keys.ts";
import styles from "./playground.module.css";
import { chooseMode, type Mode, modeOf, playgroundOf } from "./playground-store.ts";
import { usePublication } from "./queries.ts";
import { useQuestion } from "./questions.ts";

/** What most visitors of the page do not come to is not part of its load. */
const TurnView = lazy(() => import("./playground-turn.tsx"));
const Code = lazy(() => import("./playground-code.tsx"));
const copy = words.playground;

interface Props {
  /** What it asks to begin with. */
  mode: Mode;
  /** Whether the draft has changes that are not saved, and what saves them. */
  isDirty?: boolean;
  save?: () => Promise<boolean>;
}

/** A conversation with the bot: as it is saved, or by its endpoint as a client has it. */
export default function Playground(props: Props) {
  const bot = useCurrentBot();
  const me = useMe();
  const client = useQueryClient();
  const [isCode, setCode] = createSignal(false);
  const canCall = () => isLive(bot().publicationStatus) && me.data?.may.publish.allowed === true;
  const mode = () => (canCall() ? modeOf(bot().botId, props.mode) : "draft");
  const at = () => playgroundOf(bot().botId, mode());
  const key = () => knownKey(bot().botId) ?? at().typedKey().trim();
  const endpoint = () => publication.data?.endpoint ?? "";
  const publication = usePublication(() => bot().botId, canCall);
  const proposed = useQuestion(() => bot().botId);
  let log: HTMLDivElement | undefined;
  createEffect(
    on(
      () => [at().turns.length, at().turns.at(-1)?.answer],
      () => queueMicrotask(() => log?.scrollTo({ top: log.scrollHeight })),
    ),
  );

  async function* byDraft(text: string, signal: AbortSignal) {
    const said = at().turns.flatMap((turn) =>
      turn.answer === ""
        ? []
        : [
            { role: "user" as const, text: turn.question },
            { role: "assistant" as const, text: turn.answer },
          ],
    );
    const { botId } = bot();
    const { askDraft } = await import("./ask-draft.ts");
    yield* askDraft(botId, [...said, { role: "user", text }], signal);
  }
  async function* byEndpoint(text: string, signal: AbortSignal) {
    const here = at();
    const question = {
      botId: bot().botId,
      endpoint: endpoint(),
      key: key(),
      text,
      conversationId: here.conversationId(),
    };
    const { askEndpoint, cancelAtEndpoint } = await import("./ask-endpoint.ts");
    yield* askEndpoint(question, signal, (ids) => {
      here.setConversationId(ids.conversationId);
      // Going away cancels nothing at the endpoint: whoever stops says so.
      signal.addEventListener("abort", () => {
        void cancelAtEndpoint(question.endpoint, question.key, ids).catch(() => undefined);
      });
    });
  }
  async function ask() {
    const here = at();
    if (mode() === "draft" && props.isDirty && !(await props.save?.())) return;
    const { botId } = bot();
    const isDraft = mode() === "draft";
    await here.ask(isDraft ? byDraft : byEndpoint);
    if (isDraft) return void client.invalidateQueries({ queryKey: names.publication(botId) });
    void client.invalidateQueries({ queryKey: names.runs(botId) });
    void client.invalidateQueries({ queryKey: names.keys(botId) });
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void ask();
  };
  /** Before the first question: one that it can answer. */
  const Nothing = () => (
    <div class={styles.nothing}>
      <p>{copy.empty(bot().title)}</p>
      <Show when={proposed()}>
        {(question) => (
          <Button size="small" look="quiet" onClick={() => at().setQuestion(question())}>
            {copy.propose(question())}
          </Button>
        )}
      </Show>
    </div>
  );
  const willSave = () => mode() === "draft" && props.isDirty === true;
  return (
    <Card
      title={copy.title}
      hint={copy.hints[mode()]}
      actions={
        <span class={page.row}>
          <Show when={canCall()}>
            <Button size="small" onClick={() => setCode(true)}>
              {copy.viewCode}
            </Button>
          </Show>
          <Show when={at().turns.length > 0}>
            <Button size="small" onClick={() => at().clear()}>
              {copy.clear}
            </Button>
          </Show>
        </span>
      }
    >
      <Show when={canCall()}>
        <Select
          label={copy.mode}
          options={[
            { value: "draft", label: copy.modes.draft },
            { value: "published", label: copy.modes.published },
          ]}
          value={mode()}
          onChange={(value) =>
            chooseMode(bot().botId, props.mode, value === "published" ? "published" : "draft")
          }
        />
      </Show>
      <div
        class={styles.log}
        ref={(element) => {
          log = element;
        }}
        role="log"
        aria-label={copy.logLabel}
        aria-busy={at().asking() !== undefined}
        tabindex="0"
      >
        <For each={at().turns} fallback={<Nothing />}>
          {(turn) => (
            <Suspense>
              <TurnView turn={turn} title={bot().title} />
            </Suspense>
          )}
        </For>
      </div>
      <Show when={willSave()}>
        <Notice tone="warn">
          <p>{copy.dirty}</p>
        </Notice>
      </Show>
      <Show when={at().error()}>
        {(cause) => <ErrorPanel title={copy.failed[mode()]} error={cause()} />}
      </Show>
      <form class={page.form} onSubmit={submit}>
        <Show when={mode() === "published"}>
          <KeyField botId={bot().botId} typed={at().typedKey()} onType={at().setTypedKey} />
        </Show>
        <div class={styles.ask}>
          <TextField
            label={copy.question}
            value={at().question()}
            onInput={at().setQuestion}
            inputProps={{ autocomplete: "off", maxlength: 50000 }}
          />
          <Show
            when={at().asking()}
            fallback={
              <Button look="primary" type="submit">
                <Icon name="send" />
                {willSave() ? copy.saveAndAsk : copy.ask}
              </Button>
            }
          >
            <Button onClick={() => at().stop()}>
              <Icon name="stop" />
              {copy.stop}
            </Button>
          </Show>
        </div>
      </form>
      <Suspense>
        <Show when={isCode()}>
          <Code
            endpoint={endpoint()}
            question={at().turns.at(-1)?.question ?? proposed()}
            onClose={() => setCode(false)}
          />
        </Show>
      </Suspense>
    </Card>
  );
}

/** A key that was made here need not be told again. */
function KeyField(props: { botId: string; typed: string; onType: (value: string) => void }) {
  return (
    <Show
      when={knownKey(props.botId)}
      fallback={
        <TextField
          label={copy.key}
          hint={
            <>
              {copy.keyHint} <A href={`/bots/${props.botId}/keys`}>{copy.makeKey}</A>
            </>
          }
          value={props.typed}
          onInput={(value) => props.onType(value)}
          required
          mono
          inputProps={{ type: "password", autocomplete: "off", spellcheck: false }}
        />
      }
    >
      <p class={page.row}>
        <span>{copy.knownKey}</span>
        <Button size="small" look="quiet" onClick={() => rememberKey(props.botId, undefined)}>
          {copy.otherKey}
        </Button>
      </p>
    </Show>
  );
}
