import { For, Show } from "solid-js";
import { formatMs } from "~/format.ts";
import { Chip, type Tone } from "~/ui/chip.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { Disclosure } from "~/ui/disclosure.tsx";
import styles from "./calls.module.css";
import { copy } from "./copy.ts";

export interface Call {
  callId: string;
  name: string;
  status: keyof typeof copy.outcomes;
  /** JSON text. */
  input: string | null;
  output: string | null;
  ms: number | null;
}

const tones: Record<Call["status"], Tone> = {
  running: "busy",
  succeeded: "good",
  failed: "bad",
  unknown: "warn",
};

/** What was called on the way to an answer, in order; what was said, one press away. */
export const Calls = (props: { calls: Call[] }) => (
  <ul class={styles.list} aria-label={copy.label(props.calls.length)}>
    <For each={props.calls}>
      {(call) => (
        <li>
          <Disclosure
            summary={
              <span class={styles.summary}>
                <code>{call.name}</code>
                <Chip tone={tones[call.status]} dot>
                  {copy.outcomes[call.status]}
                </Chip>
                <Show when={call.ms !== null}>
                  <span class={styles.took}>{copy.took(formatMs(call.ms ?? 0))}</span>
                </Show>
              </span>
            }
          >
            <Show when={call.status === "unknown"}>
              <p>{copy.unknownHint}</p>
            </Show>
            <Show when={call.input !== null}>
              <CodeBlock
                code={call.input ?? ""}
                label={`${copy.input}: ${call.name}`}
                copyLabel={copy.copyInput}
                wrap
              />
            </Show>
            <Show when={call.output}>
              {(output) => (
                <CodeBlock
                  code={output()}
                  label={`${copy.output}: ${call.name}`}
                  copyLabel={copy.copyOutput}
                  wrap
                />
              )}
            </Show>
          </Disclosure>
        </li>
      )}
    </For>
  </ul>
);
