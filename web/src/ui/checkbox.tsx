import { createUniqueId, type JSX } from "solid-js";
import styles from "./checkbox.module.css";
import tick from "./tick.module.css";
import { toggled } from "./toggled.ts";

interface Props {
  label: JSX.Element;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** The words are for who hears the page: what it is beside says the same. */
  hideLabel?: boolean;
}

/** The browser's own. */
export function Checkbox(props: Props) {
  const id = createUniqueId();
  return (
    <div class={styles.root}>
      <input
        type="checkbox"
        id={id}
        class={tick.control}
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => toggled(event, props.checked, props.onChange)}
      />
      <label for={id} class={props.hideLabel ? styles.unseen : undefined}>
        {props.label}
      </label>
    </div>
  );
}
