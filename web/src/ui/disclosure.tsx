import * as Kobalte from "@kobalte/core/collapsible";
import type { JSX } from "solid-js";
import styles from "./disclosure.module.css";
import { Icon } from "./icon.tsx";

interface Props {
  /** What there is to see, in one line. */
  summary: JSX.Element;
  defaultOpen?: boolean;
  children: JSX.Element;
}

/** Something that most people pass over, one press away. */
export function Disclosure(props: Props) {
  return (
    <Kobalte.Root class={styles.root} defaultOpen={props.defaultOpen}>
      <Kobalte.Trigger class={styles.trigger}>
        <Icon name="chevron" class={styles.mark} />
        <span class={styles.summary}>{props.summary}</span>
      </Kobalte.Trigger>
      <Kobalte.Content class={styles.content}>{props.children}</Kobalte.Content>
    </Kobalte.Root>
  );
}
