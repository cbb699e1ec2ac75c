import * as Kobalte from "@kobalte/core/checkbox";
import type { JSX } from "solid-js";
import styles from "./checkbox.module.css";
import { Icon } from "./icon.tsx";

interface Props {
  label: JSX.Element;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** The words are for who hears the page: what it is beside says the same. */
  hideLabel?: boolean;
}

export function Checkbox(props: Props) {
  return (
    <Kobalte.Root
      checked={props.checked}
      onChange={props.onChange}
      disabled={props.disabled}
      class={styles.root}
    >
      <Kobalte.Input class={styles.input} />
      <Kobalte.Control class={styles.control}>
        <Kobalte.Indicator>
          <Icon name="check" width="12" height="12" />
        </Kobalte.Indicator>
      </Kobalte.Control>
      <Kobalte.Label class={props.hideLabel ? styles.unseen : undefined}>
        {props.label}
      </Kobalte.Label>
    </Kobalte.Root>
  );
}
