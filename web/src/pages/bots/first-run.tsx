import { A, useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, type JSX, Show } from "solid-js";
import type { Bot } from "~/api/bots.ts";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { isLive } from "~/page-parts/status/status.ts";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Icon } from "~/ui/icon.tsx";
import { copy } from "./copy.ts";
import styles from "./first-run.module.css";
import { rememberQuestion } from "./known-question.ts";
import { type Template, templates } from "./templates.ts";

const hiddenName = "outlet.first-run";
const words = copy.firstRun;

/** The way to the first answer of one's own API, until it is known or hidden. */
export function FirstRun(props: { bot: Bot | undefined; onCreate: () => void }) {
  const [isHidden, setHidden] = createSignal(localStorage.getItem(hiddenName) === "hidden");
  const hide = () => {
    localStorage.setItem(hiddenName, "hidden");
    setHidden(true);
  };
  return (
    <Show
      when={!isHidden()}
      fallback={
        <Show when={!props.bot}>
          <EmptyState
            icon="bot"
            title={copy.emptyTitle}
            text={copy.emptyText}
            action={
              <Button look="primary" onClick={() => props.onCreate()}>
                {copy.createFirst}
              </Button>
            }
          />
        </Show>
      }
    >
      <Card
        title={words.title}
        hint={props.bot ? words.hint : words.hintOfNone}
        actions={
          <Button size="small" look="quiet" onClick={hide}>
            {words.hide}
          </Button>
        }
      >
        <Steps bot={props.bot} />
        <Templates onCreate={props.onCreate} />
      </Card>
    </Show>
  );
}

function Steps(props: { bot: Bot | undefined }) {
  const isPublished = () => isLive(props.bot?.publicationStatus);
  const to = (path: string) => props.bot && `/bots/${props.bot.botId}${path}`;
  return (
    <ol class={styles.steps}>
      <Step words={words.steps.create} done={props.bot !== undefined} />
      <Step words={words.steps.test} href={to("")} done={isPublished()} />
      <Step words={words.steps.publish} href={to("/publish")} done={isPublished()} />
      <Step words={words.steps.call} href={isPublished() ? to("/connect") : undefined} />
    </ol>
  );
}

function Step(props: {
  words: { name: string; text: string };
  href?: string | undefined;
  done?: boolean;
}): JSX.Element {
  return (
    <li class={styles.step} data-done={props.done ? "" : undefined}>
      <strong class={styles.name}>
        <Show when={props.done}>
          <Icon name="check" />
        </Show>
        <Show when={props.href} fallback={props.words.name}>
          {(href) => <A href={href()}>{props.words.name}</A>}
        </Show>
        <Show when={props.done}>
          <span class="visually-hidden">{words.done}</span>
        </Show>
      </strong>
      <span class={`${page.small} ${page.soft}`}>{props.words.text}</span>
    </li>
  );
}

/** Has the model call tools of the house's own. */
async function allowTools(botId: string, kinds: NonNullable<Template["tools"]>): Promise<void> {
  const param = { botId };
  const route = api.bots[":botId"];
  const made = await Promise.all(
    kinds.map((kind) => read(route.tools.$post({ param, json: { setting: { kind } } }))),
  );
  const tools = { allowed: made.map(({ toolId }) => toolId) };
  await read(route.$patch({ param, json: { tools } }));
}

/** A bot with an instruction, and something to answer from, that can be tried at once. */
function Templates(props: { onCreate: () => void }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useMutation(() => ({
    mutationFn: async ({ name, instruction, source, tools = [], question }: Template) => {
      const { title, description } = copy.templates.names[name];
      const bot = await read(api.bots.$post({ json: { title, description, instruction } }));
      const param = { botId: bot.botId };
      if (source) await read(api.bots[":botId"].knowledge.$post({ param, json: source }));
      if (tools.length > 0) await allowTools(bot.botId, tools);
      rememberQuestion(bot.botId, question);
      return bot;
    },
    onSuccess: (bot: Bot) => {
      void client.invalidateQueries({ queryKey: names.bots });
      navigate(`/bots/${bot.botId}`);
    },
  }));
  return (
    <div class={page.form}>
      <h3>{copy.templates.title}</h3>
      <ul class={styles.templates}>
        <For each={templates}>
          {(template) => (
            <li class={styles.template}>
              <strong>{copy.templates.names[template.name].title}</strong>
              <span class={`${page.small} ${page.soft}`}>
                {copy.templates.names[template.name].description}
              </span>
              <span>
                <Button
                  size="small"
                  busy={create.isPending && create.variables?.name === template.name}
                  disabled={create.isPending}
                  onClick={() => create.mutate(template)}
                  aria-label={copy.templates.useOne(copy.templates.names[template.name].title)}
                >
                  {copy.templates.use}
                </Button>
              </span>
            </li>
          )}
        </For>
        <li class={styles.template}>
          <strong>{copy.templates.empty}</strong>
          <span class={`${page.small} ${page.soft}`}>{copy.templates.emptyText}</span>
          <span>
            <Button size="small" onClick={() => props.onCreate()}>
              {copy.createFirst}
            </Button>
          </span>
        </li>
      </ul>
      <Show when={create.isError}>
        <ErrorPanel title={copy.createBot.failed} error={create.error} />
      </Show>
    </div>
  );
}
