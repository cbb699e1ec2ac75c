import * as Kobalte from "@kobalte/core/switch";
import { type JSX, Show } from "solid-js";
import field from "./field.module.css";
import styles from "./switch.module.css";

interface Props {
  label: JSX.Element;
  hint?: JSX.Element;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

export function Switch(props: Props) {
  return (
    <Kobalte.Root
      checked={props.checked}
      onChange={props.onChange}
      disabled={props.disabled}
      class={styles.root}
    >
      <Kobalte.Input class={styles.input} />
      <Kobalte.Control class={styles.control}>
        <Kobalte.Thumb class={styles.thumb} />
      </Kobalte.Control>
      <span class={styles.words}>
        <Kobalte.Label class={field.label}>{props.label}</Kobalte.Label>
        <Show when={props.hint}>
          <Kobalte.Description class={field.hint}>{props.hint}</Kobalte.Description>
        </Show>
      </span>
    </Kobalte.Root>
  );
}
