import { createUniqueId } from "solid-js";
import styles from "./progress.module.css";

/**
 * How far a long act has come; without a total, only that it goes on. Nobody acts on it: it needs no
 * library, and one for it weighs 3 KB.
 */
export function Progress(props: { label: string; done?: number; total?: number; words?: string }) {
  const labelId = createUniqueId();
  const isKnown = () => props.total !== undefined;
  const share = () => (props.done ?? 0) / (props.total || 1);
  return (
    <div
      role="progressbar"
      aria-labelledby={labelId}
      aria-valuemin={isKnown() ? 0 : undefined}
      aria-valuemax={props.total}
      aria-valuenow={isKnown() ? (props.done ?? 0) : undefined}
      aria-valuetext={props.words}
      class={styles.root}
      data-indeterminate={isKnown() ? undefined : ""}
    >
      <div class={styles.words}>
        <span id={labelId}>{props.label}</span>
        <span class={styles.value}>{props.words}</span>
      </div>
      <div class={styles.track}>
        <div
          class={styles.fill}
          style={isKnown() ? { width: `${(share() * 100).toFixed(1)}%` } : {}}
        />
      </div>
    </div>
  );
}
