import { createUniqueId, For, type JSX, Show } from "solid-js";
import field from "./field.module.css";
import styles from "./radio-group.module.css";
import tick from "./tick.module.css";

interface Props {
  label: JSX.Element;
  value: string;
  onChange: (value: string) => void;
  options: { value: string; label: string; hint?: string }[];
  disabled?: boolean;
}

/** The browser's own radio buttons: it knows their keys, and a library for them weighs 8 KB. */
export function RadioGroup(props: Props) {
  const name = createUniqueId();
  const hintId = (value: string) => `${name}-${value}`;
  return (
    // Without the role it is a group of anything.
    <fieldset role="radiogroup" class={styles.group} disabled={props.disabled}>
      <legend class={field.label}>{props.label}</legend>
      <For each={props.options}>
        {(option) => (
          <label class={styles.item}>
            <input
              type="radio"
              class={tick.control}
              name={name}
              value={option.value}
              checked={props.value === option.value}
              onChange={() => props.onChange(option.value)}
              aria-labelledby={`${hintId(option.value)}-label`}
              aria-describedby={option.hint ? hintId(option.value) : undefined}
            />
            <span class={styles.words}>
              <span id={`${hintId(option.value)}-label`}>{option.label}</span>
              <Show when={option.hint}>
                <span class={field.hint} id={hintId(option.value)}>
                  {option.hint}
                </span>
              </Show>
            </span>
          </label>
        )}
      </For>
    </fieldset>
  );
}
