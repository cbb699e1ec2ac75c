import { type JSX, Show } from "solid-js";
import { Icon } from "./icon.tsx";
import styles from "./notice.module.css";

interface Props {
  tone?: "info" | "good" | "warn" | "bad";
  title?: JSX.Element;
  /** Read out at once: for what has just happened. */
  live?: boolean;
  children?: JSX.Element;
}

export function Notice(props: Props) {
  const icon = () =>
    props.tone === "good"
      ? "check"
      : props.tone === undefined || props.tone === "info"
        ? "info"
        : "warning";
  return (
    <div
      class={styles.notice}
      data-tone={props.tone ?? "info"}
      role={props.live ? (props.tone === "bad" ? "alert" : "status") : undefined}
    >
      <span class={styles.icon}>
        <Icon name={icon()} />
      </span>
      <div class={styles.body}>
        <Show when={props.title}>
          <strong>{props.title}</strong>
        </Show>
        {props.children}
      </div>
    </div>
  );
}
