import * as Kobalte from "@kobalte/core/progress";
import styles from "./progress.module.css";

/** How far a long act has come; without a total, only that it goes on. */
export function Progress(props: { label: string; done?: number; total?: number; words?: string }) {
  return (
    <Kobalte.Root
      value={props.done ?? 0}
      maxValue={props.total ?? 1}
      indeterminate={props.total === undefined}
      getValueLabel={() => props.words ?? ""}
      class={styles.root}
    >
      <div class={styles.words}>
        <Kobalte.Label>{props.label}</Kobalte.Label>
        <Kobalte.ValueLabel class={styles.value} />
      </div>
      <Kobalte.Track class={styles.track}>
        <Kobalte.Fill class={styles.fill} />
      </Kobalte.Track>
    </Kobalte.Root>
  );
}
