import styles from "./code-block.module.css";
import { CopyButton } from "./copy-button.tsx";

interface Props {
  code: string;
  /** What the code is: names the region and its copy button. */
  label: string;
  copyLabel: string;
  wrap?: boolean;
}

export function CodeBlock(props: Props) {
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
        <code>{props.code}</code>
      </pre>
      <div class={styles.copy}>
        <CopyButton value={props.code} label={props.copyLabel} />
      </div>
    </div>
  );
}
