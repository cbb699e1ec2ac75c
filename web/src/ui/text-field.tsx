import * as Text from "@kobalte/core/text-field";
import { type JSX, Show, splitProps } from "solid-js";
import styles from "./field.module.css";
import { createFieldCheck } from "./field-check.ts";

interface Props {
  label: JSX.Element;
  hint?: JSX.Element;
  error?: string | undefined;
  value: string;
  onInput: (value: string) => void;
  multiline?: boolean;
  mono?: boolean;
  rows?: number;
  required?: boolean;
  disabled?: boolean;
  name?: string;
  class?: string;
  inputProps?: Pick<
    JSX.InputHTMLAttributes<HTMLInputElement>,
    "type" | "min" | "max" | "step" | "maxlength" | "pattern" | "autocomplete" | "spellcheck"
  >;
}

export function TextField(props: Props) {
  const [own, rest] = splitProps(props, ["required", "disabled", "name"]);
  const check = createFieldCheck(() => rest.error);
  const input = (value: string) => {
    check.onInput();
    rest.onInput(value);
  };
  return (
    <Text.Root
      value={rest.value}
      onChange={input}
      validationState={check.error() ? "invalid" : "valid"}
      {...own}
      class={`${styles.field} ${rest.class ?? ""}`}
    >
      <Text.Label class={styles.label}>{rest.label}</Text.Label>
      <Show
        when={rest.multiline}
        fallback={
          <Text.Input
            ref={check.ref}
            onInvalid={check.onInvalid}
            class={styles.input}
            data-mono={rest.mono ? "" : undefined}
            {...rest.inputProps}
          />
        }
      >
        <Text.TextArea
          ref={check.ref}
          onInvalid={check.onInvalid}
          class={styles.input}
          data-mono={rest.mono ? "" : undefined}
          rows={rest.rows}
        />
      </Show>
      <Show when={rest.hint}>
        <Text.Description class={styles.hint}>{rest.hint}</Text.Description>
      </Show>
      <Text.ErrorMessage class={styles.error}>{check.error()}</Text.ErrorMessage>
    </Text.Root>
  );
}
