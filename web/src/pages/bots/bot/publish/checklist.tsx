import { For, Show } from "solid-js";
import type { Prerequisite } from "../../../../api/queries.ts";
import { publishCopy } from "../../../../copy-publish.ts";
import { ButtonLink } from "../../../../ui/button.tsx";
import { Card } from "../../../../ui/card.tsx";
import { Chip } from "../../../../ui/chip.tsx";
import { Icon } from "../../../../ui/icon.tsx";
import page from "../../../page.module.css";
import { useCurrentBot } from "../bot-context.ts";
import styles from "./checklist.module.css";

/** Those that the owner meets by his own hands, on the bot's first page. */
const inEditor: string[] = ["scope", "sync", "model_price", "test_run"];

export function Checklist(props: { prerequisites: Prerequisite[] }) {
  const bot = useCurrentBot();
  const unmet = () => props.prerequisites.filter(({ met, required }) => !met && required).length;
  return (
    <Card
      title={publishCopy.publish.checklist}
      hint={unmet() === 0 ? publishCopy.publish.allMet : publishCopy.publish.unmet(unmet())}
    >
      <ul>
        <For each={props.prerequisites}>
          {(item) => <PrerequisiteRow of={item} editor={`/bots/${bot().botId}`} />}
        </For>
      </ul>
    </Card>
  );
}

export function PrerequisiteRow(props: { of: Prerequisite; editor: string }) {
  return (
    <li
      class={styles.item}
      data-met={props.of.met ? "" : undefined}
      data-advice={props.of.required ? undefined : ""}
      data-name={props.of.name}
    >
      <span class={styles.mark}>
        <Icon name={props.of.met ? "check" : props.of.required ? "cross" : "warning"} />
      </span>
      <div>
        <p class={page.row}>
          <span class={styles.name}>{publishCopy.prerequisites[props.of.name]}</span>
          <span class="visually-hidden">
            {props.of.met ? publishCopy.publish.met : publishCopy.publish.notMet}
          </span>
          <Show when={!props.of.required}>
            <Chip>{publishCopy.publish.advice}</Chip>
          </Show>
        </p>
        <p class={styles.detail}>{props.of.detail}</p>
      </div>
      <Show when={!props.of.met && inEditor.includes(props.of.name)}>
        <span class={styles.way}>
          <ButtonLink href={props.editor} size="small">
            {publishCopy.publish.openEditor}
            <span class="visually-hidden">: {publishCopy.prerequisites[props.of.name]}</span>
          </ButtonLink>
        </span>
      </Show>
    </li>
  );
}
