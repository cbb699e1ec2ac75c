import { createUniqueId, type JSX, Show } from "solid-js";
import styles from "./card.module.css";

interface Props {
  title: JSX.Element;
  hint?: JSX.Element;
  actions?: JSX.Element;
  tone?: "danger";
  children?: JSX.Element;
}

/** A part of a page, under a heading of its own. */
export function Card(props: Props) {
  const id = createUniqueId();
  return (
    <section class={styles.card} aria-labelledby={id} data-tone={props.tone}>
      <div class={styles.head}>
        <div class={styles.words}>
          <h2 id={id}>{props.title}</h2>
          <Show when={props.hint}>
            <p class={styles.hint}>{props.hint}</p>
          </Show>
        </div>
        {props.actions}
      </div>
      {props.children}
    </section>
  );
}
