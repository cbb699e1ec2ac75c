import { createResource, Show } from "solid-js";
import styles from "./code-block.module.css";
import { CopyButton } from "./copy-button.tsx";
import type { Language } from "./highlight.ts";

interface Props {
  code: string;
  /** What the code is: names the region and its copy button. */
  label: string;
  copyLabel: string;
  /** Long lines go on below, so that nothing scrolls sideways. */
  wrap?: boolean;
  language?: Language | undefined;
}

export function CodeBlock(props: Props) {
  // Plain until the colours are there, and where they cannot be had.
  const [coloured] = createResource(
    () => props.language && { code: props.code, language: props.language },
    async ({ code, language }) => {
      const { highlight } = await import("./highlight.ts");
      return highlight(code, language);
    },
  );
  return (
    <div class={styles.block}>
      {/* Scrolls, so a keyboard has to be able to reach it. */}
      <pre
        class={styles.pre}
        data-wrap={props.wrap ? "" : undefined}
        tabindex="0"
        role="region"
        aria-label={props.label}
      >
        <Show
          when={coloured.state === "ready" ? coloured.latest : undefined}
          fallback={<code>{props.code}</code>}
        >
          {/* Made of text that highlight.js has escaped. */}
          {(html) => <code innerHTML={html()} />}
        </Show>
      </pre>
      <div class={styles.copy}>
        <CopyButton value={props.code} label={props.copyLabel} />
      </div>
    </div>
  );
}
