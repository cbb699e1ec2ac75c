import { type JSX, Show } from "solid-js";
import styles from "./chip.module.css";
import { Spinner } from "./spinner.tsx";

export type Tone = "plain" | "good" | "warn" | "bad" | "busy";

/** A state in one word. The tone repeats what the word says. */
export function Chip(props: { tone?: Tone; dot?: boolean; children: JSX.Element }) {
  return (
    <span class={styles.chip} data-tone={props.tone ?? "plain"}>
      <Show when={props.tone === "busy"}>
        <Spinner />
      </Show>
      <Show when={props.dot && props.tone !== "busy"}>
        <span class={styles.dot} aria-hidden="true" />
      </Show>
      {props.children}
    </span>
  );
}
