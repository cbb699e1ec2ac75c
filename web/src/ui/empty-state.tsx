import type { JSX } from "solid-js";
import styles from "./empty-state.module.css";
import { Icon, type IconName } from "./icon.tsx";

/** Why there is nothing, and how to begin. */
export function EmptyState(props: {
  icon: IconName;
  title: string;
  text: JSX.Element;
  action?: JSX.Element;
}) {
  return (
    <div class={styles.empty}>
      <span class={styles.mark}>
        <Icon name={props.icon} width="22" height="22" />
      </span>
      <h2>{props.title}</h2>
      <p class={styles.text}>{props.text}</p>
      {props.action}
    </div>
  );
}
