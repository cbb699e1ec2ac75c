import { createSignal, createUniqueId, For, Show } from "solid-js";
import { copy as common } from "~/copy.ts";
import { formatMs, formatTokens, formatUsd } from "~/format.ts";
import { CitedText, Passages } from "~/page-parts/passages/passages.tsx";
import { Chip } from "~/ui/chip.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { copy as words } from "./copy.ts";
import styles from "./playground.module.css";
import type { Turn } from "./playground-store.ts";

const copy = words.playground;

/** A question and its answer, with what the answer was made of and what it took. */
export default function TurnView(props: { turn: Turn; title: string }) {
  const prefix = createUniqueId();
  const [open, setOpen] = createSignal(false);
  const [cited, setCited] = createSignal<number>();
  const took = () => {
    const taken = props.turn.took;
    if (!taken) return undefined;
    const { ms, tokens, costMicroUsd } = taken;
    const cost = costMicroUsd === null ? common.none : formatUsd(costMicroUsd);
    return copy.took(formatMs(ms), formatTokens(tokens), cost);
  };
  return (
    <>
      <div class={styles.turn} data-role="user">
        <span class={styles.who}>{copy.you}</span>
        <div class={styles.said}>{props.turn.question}</div>
      </div>
      <div class={styles.turn} data-role="assistant">
        <span class={styles.who}>{props.title}</span>
        <div class={styles.said} data-written="">
          <CitedText
            text={props.turn.answer || copy.thinking}
            passages={took() ? props.turn.passages.length : 0}
            prefix={prefix}
            onCite={(rank) => {
              setOpen(true);
              setCited(rank);
            }}
          />
        </div>
        <For each={props.turn.tools}>
          {(tool) => (
            <span class={styles.meta}>
              <Chip>{tool.name}</Chip> {copy.toolStates[tool.status] ?? tool.status}
            </span>
          )}
        </For>
        <Show when={took() && props.turn.passages.length > 0}>
          <details
            class={styles.sources}
            open={open()}
            onToggle={(event) => setOpen(event.currentTarget.open)}
          >
            <summary>{copy.sources(props.turn.passages.length)}</summary>
            <Passages
              label={copy.sources(props.turn.passages.length)}
              passages={props.turn.passages}
              prefix={prefix}
              cited={cited()}
            />
          </details>
        </Show>
        <Show when={took()}>
          {(text) => (
            <>
              <span class={styles.meta}>{text()}</span>
              <details class={styles.sources}>
                <summary>{copy.raw}</summary>
                <CodeBlock
                  code={JSON.stringify(props.turn.raw, null, 2)}
                  label={copy.raw}
                  copyLabel={copy.copyRaw}
                  wrap
                />
              </details>
            </>
          )}
        </Show>
      </div>
    </>
  );
}
