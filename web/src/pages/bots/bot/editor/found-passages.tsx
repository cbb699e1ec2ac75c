import { For, Show } from "solid-js";
import page from "~/page-parts/page.module.css";
import { type Passage, Passages } from "~/page-parts/passages/passages.tsx";
import { copy } from "./copy.ts";

/** Passages that a search found, each with why it was found. */
export default function FoundPassages(props: { found: readonly (Passage & Reasons)[] }) {
  return (
    <Passages
      label={copy.search.title}
      passages={props.found}
      why={(i) => <Why found={props.found[i]} />}
    />
  );
}

interface Reasons {
  score: number;
  words: { word: string; score: number }[];
  similarity: number | null;
  knowledgeBaseId: string | null;
}

function Why(props: { found: Reasons | undefined }) {
  return (
    <Show when={props.found}>
      {(found) => (
        <dl class={page.facts}>
          <Show when={found().knowledgeBaseId}>
            {(id) => (
              <div>
                <dt>{copy.search.from}</dt>
                <dd>{copy.search.base(id())}</dd>
              </div>
            )}
          </Show>
          <div>
            <dt>{copy.search.score}</dt>
            <dd>{found().score.toFixed(2)}</dd>
          </div>
          <Show when={found().similarity !== null}>
            <div>
              <dt>{copy.search.similarity}</dt>
              <dd>{(found().similarity ?? 0).toFixed(2)}</dd>
            </div>
          </Show>
          <div hidden={found().knowledgeBaseId !== null}>
            <dt>{copy.search.words}</dt>
            <dd>
              <For each={found().words.slice(0, 12)} fallback={copy.search.noWords}>
                {(one, i) => (
                  <>
                    {i() > 0 && ", "}
                    {one.word} <small>{one.score.toFixed(1)}</small>
                  </>
                )}
              </For>
            </dd>
          </div>
        </dl>
      )}
    </Show>
  );
}
