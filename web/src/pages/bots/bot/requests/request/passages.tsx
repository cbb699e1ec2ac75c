import { For, Show } from "solid-js";
import page from "~/page-parts/page.module.css";
import { Card } from "~/ui/card.tsx";
import { Disclosure } from "~/ui/disclosure.tsx";
import { copy } from "./copy.ts";
import type { RunDetail } from "./queries.ts";
import styles from "./request.module.css";

/** What of the knowledge the model was given. */
export const Passages = (props: { chunks: RunDetail["usedChunks"] }) => (
  <Show when={props.chunks?.length ? props.chunks : undefined}>
    {(chunks) => (
      <Card title={copy.passages} hint={copy.passagesHint}>
        <div class={page.form}>
          <For each={chunks()}>
            {(chunk) => (
              <Disclosure
                summary={copy.passage(chunk.rank + 1, chunk.source, beginningOf(chunk.content))}
              >
                <p class={styles.text} data-written="">
                  {chunk.content}
                </p>
              </Disclosure>
            )}
          </For>
        </div>
      </Card>
    )}
  </Show>
);

const wordsShown = 12;

/** The first words of a passage, to tell it from others of its source. */
function beginningOf(content: string): string {
  const words = content.trim().split(/\s+/);
  const begin = words.slice(0, wordsShown).join(" ");
  return words.length > wordsShown ? `${begin} …` : begin;
}
