import { useMutation } from "@tanstack/solid-query";
import { createSignal, For, lazy, Show, Suspense } from "solid-js";
import { api, read } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { useCurrentBot } from "../bot-context.ts";
import styles from "../playground.module.css";
import { copy } from "./copy.ts";

const search = api.bots[":botId"].knowledge.search;

/** Comes with the first search that finds something. */
const FoundPassages = lazy(() => import("./found-passages.tsx"));

/** What a question finds in the bot's knowledge and why, without asking a model. */
export function SearchCard() {
  const bot = useCurrentBot();
  const [question, setQuestion] = createSignal("");
  const find = useMutation(() => ({
    mutationFn: (asked: string) =>
      read(search.$get({ param: { botId: bot().botId }, query: { question: asked } })),
  }));
  const passages = () => (find.isPending ? [] : (find.data?.passages ?? []));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const asked = question().trim();
    if (asked !== "" && !find.isPending) find.mutate(asked);
  };
  return (
    <Card title={copy.search.title} hint={copy.search.hint}>
      <form class={styles.ask} onSubmit={submit} role="search">
        <TextField
          label={copy.search.question}
          value={question()}
          onInput={setQuestion}
          inputProps={{ autocomplete: "off", maxlength: 8000 }}
        />
        <Button type="submit" busy={find.isPending}>
          {copy.search.find}
        </Button>
      </form>
      <Show when={find.isError}>
        <ErrorPanel title={copy.search.failed} error={find.error} />
      </Show>
      <Show when={find.isPending}>
        <Skeleton kind="row" count={2} />
      </Show>
      <div role="status">
        <Show when={!find.isPending && find.data}>
          {(found) => (
            <p class={`${page.soft} ${page.small}`}>
              {found().passages.length === 0
                ? copy.search.nothing
                : copy.search.found(found().passages.length, found().engine, found().reranked)}
            </p>
          )}
        </Show>
      </div>
      <Show when={!find.isPending && (find.data?.problems.length ?? 0) > 0}>
        <Notice tone="warn" title={copy.search.problems}>
          <For each={find.data?.problems}>{(problem) => <p>{problem}</p>}</For>
        </Notice>
      </Show>
      <Show when={passages().length > 0}>
        <Suspense>
          <FoundPassages found={passages()} />
        </Suspense>
      </Show>
    </Card>
  );
}
