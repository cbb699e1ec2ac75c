import { createUniqueId, type JSX, Show } from "solid-js";
import field from "./field.module.css";
import styles from "./switch.module.css";
import { toggled } from "./toggled.ts";

interface Props {
  label: JSX.Element;
  hint?: JSX.Element;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** The browser's own checkbox, drawn as a switch. */
export function Switch(props: Props) {
  const id = createUniqueId();
  return (
    <div class={styles.root}>
      <input
        type="checkbox"
        role="switch"
        id={id}
        class={styles.control}
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => toggled(event, props.checked, props.onChange)}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
      />
      <span class={styles.words}>
        <label for={id} class={field.label}>
          {props.label}
        </label>
        <Show when={props.hint}>
          <span id={`${id}-hint`} class={field.hint}>
            {props.hint}
          </span>
        </Show>
      </span>
    </div>
  );
}
