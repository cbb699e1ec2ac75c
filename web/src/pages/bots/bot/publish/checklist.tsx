import { For, Show } from "solid-js";
import page from "~/page-parts/page.module.css";
import { ButtonLink } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { Chip } from "~/ui/chip.tsx";
import { Icon } from "~/ui/icon.tsx";
import { useCurrentBot } from "../bot-context.ts";
import type { Publication } from "../queries.ts";
import styles from "./checklist.module.css";
import { copy } from "./copy.ts";

export type Prerequisite = Publication["prerequisites"][number];

/** Those that the owner meets by his own hands, on the bot's first page. */
const inEditor: string[] = ["scope", "sync", "model_price", "test_run"];

export function Checklist(props: { prerequisites: Prerequisite[] }) {
  const bot = useCurrentBot();
  const unmet = () => props.prerequisites.filter(({ met, required }) => !met && required);
  /** Sharing is done along with publishing. */
  const missing = () => unmet().filter(({ name }) => name !== "scope").length;
  const hint = () => {
    if (missing() > 0) return copy.unmet(missing());
    return unmet().length > 0 ? copy.allButSharing : copy.allMet;
  };
  return (
    <Card title={copy.checklist} hint={hint()}>
      <ul>
        <For each={props.prerequisites}>
          {(item) => <PrerequisiteRow of={item} editor={`/bots/${bot().botId}`} />}
        </For>
      </ul>
    </Card>
  );
}

export function PrerequisiteRow(props: { of: Prerequisite; editor: string }) {
  /** Sharing is done along with publishing: nobody has to go anywhere for it. */
  const byButton = () => props.of.name === "scope" && !props.of.met;
  return (
    <li
      class={styles.item}
      data-met={props.of.met ? "" : undefined}
      data-advice={props.of.required && !byButton() ? undefined : ""}
      data-name={props.of.name}
    >
      <span class={styles.mark}>
        <Icon
          name={props.of.met ? "check" : props.of.required && !byButton() ? "cross" : "warning"}
        />
      </span>
      <div>
        {/* What is met says so by its name. */}
        <p class={page.row}>
          <span class={styles.name}>{copy.prerequisites[props.of.name]}</span>
          <span class="visually-hidden">{props.of.met ? copy.met : copy.notMet}</span>
          <Show when={!props.of.required}>
            <Chip>{copy.advice}</Chip>
          </Show>
        </p>
        <Show when={!props.of.met}>
          <p class={styles.detail}>{byButton() ? copy.sharedBelow : props.of.detail}</p>
        </Show>
      </div>
      <Show when={!props.of.met && !byButton() && inEditor.includes(props.of.name)}>
        <span class={styles.way}>
          <ButtonLink href={props.editor} size="small">
            {copy.openEditor}
            <span class="visually-hidden">: {copy.prerequisites[props.of.name]}</span>
          </ButtonLink>
        </span>
      </Show>
    </li>
  );
}
