import { For } from "solid-js";
import { copy as common } from "~/copy.ts";
import styles from "./skeleton.module.css";

/** The shape of what is on its way. */
export function Skeleton(props: { kind?: "line" | "row" | "card"; count?: number }) {
  return (
    <div class={styles.stack} role="status">
      <span class="visually-hidden">{common.loading}</span>
      <For each={Array.from({ length: props.count ?? 1 })}>
        {() => <div class={styles.bar} data-kind={props.kind ?? "line"} aria-hidden="true" />}
      </For>
    </div>
  );
}
