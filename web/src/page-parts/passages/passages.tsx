import { For, type JSX, Show } from "solid-js";
import { copy } from "./copy.ts";
import styles from "./passages.module.css";
import { inWords, type Place, piecesOf } from "./place.ts";

export interface Passage {
  /** The name of its source. */
  source: string;
  text: string;
  place?: Place | undefined;
}

interface Props {
  label: string;
  passages: readonly Passage[];
  /** What citations lead to begins with it: one list on a page is enough of each. */
  prefix?: string;
  /** The rank whose citation was followed last. */
  cited?: number | undefined;
  why?: (index: number) => JSX.Element;
}

const idOf = (prefix: string, rank: number): string => `${prefix}-${rank}`;

/** Passages as they were found, best first, each with its source and its place in it. */
export function Passages(props: Props) {
  return (
    <ol class={styles.list} aria-label={props.label}>
      <For each={props.passages}>
        {(passage, i) => (
          <li
            class={styles.passage}
            id={props.prefix && idOf(props.prefix, i() + 1)}
            data-cited={props.cited === i() + 1 ? "" : undefined}
            tabindex={props.prefix ? -1 : undefined}
          >
            <p class={styles.head}>
              <span>{i() + 1}.</span>
              <span class={styles.source}>{passage.source}</span>
              <Show when={passage.place && inWords(passage.place)}>
                {(place) => <span class={styles.place}>{place()}</span>}
              </Show>
            </p>
            {/* Longer ones scroll, by keyboard too. */}
            <p class={styles.text} data-written="" tabindex="0">
              {passage.text}
            </p>
            {props.why?.(i())}
          </li>
        )}
      </For>
    </ol>
  );
}

interface CitedProps {
  text: string;
  passages: number;
  prefix: string;
  /** Called before the passage is looked for, so that it can be shown. */
  onCite: (rank: number) => void;
}

/** An answer whose citations lead to their passages. */
export function CitedText(props: CitedProps) {
  const follow = (rank: number) => {
    props.onCite(rank);
    requestAnimationFrame(() => {
      const passage = document.getElementById(idOf(props.prefix, rank));
      passage?.scrollIntoView({ block: "nearest" });
      passage?.focus({ preventScroll: true });
    });
  };
  return (
    <For each={piecesOf(props.text, props.passages)}>
      {(piece) =>
        "text" in piece ? (
          piece.text
        ) : (
          <button
            type="button"
            class={styles.mark}
            aria-label={copy.citation(piece.rank)}
            onClick={() => follow(piece.rank)}
          >
            {piece.rank}
          </button>
        )
      }
    </For>
  );
}
