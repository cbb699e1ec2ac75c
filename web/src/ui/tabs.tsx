import * as Kobalte from "@kobalte/core/tabs";
import { For, type JSX } from "solid-js";
import styles from "./tabs.module.css";

interface Tab {
  id: string;
  label: string;
  content: () => JSX.Element;
}

export function Tabs(props: { label: string; tabs: Tab[] }) {
  return (
    <Kobalte.Root>
      <Kobalte.List class={styles.list} aria-label={props.label}>
        <For each={props.tabs}>
          {(tab) => (
            <Kobalte.Trigger value={tab.id} class={styles.tab}>
              {tab.label}
            </Kobalte.Trigger>
          )}
        </For>
      </Kobalte.List>
      <For each={props.tabs}>
        {(tab) => (
          <Kobalte.Content value={tab.id} class={styles.panel}>
            {tab.content()}
          </Kobalte.Content>
        )}
      </For>
    </Kobalte.Root>
  );
}
