import { For, Show } from "solid-js";
import page from "~/page-parts/page.module.css";
import { Chip, type Tone } from "~/ui/chip.tsx";
import { Disclosure } from "~/ui/disclosure.tsx";
import { DocsLink, errorUrl } from "~/ui/docs-link.tsx";
import { Time } from "~/ui/time.tsx";
import { copy as adminCopy } from "../copy.ts";
import { BotName, Owner } from "../who.tsx";
import styles from "./audit.module.css";
import { copy } from "./copy.ts";
import { type Change, changesOf } from "./diff.ts";
import { fieldName } from "./fields.ts";
import type { AuditEntry } from "./queries.ts";

const tones = {
  done: "good",
  refused: "warn",
  failed: "bad",
  begun: "plain",
} satisfies Record<AuditEntry["outcome"], Tone>;

/** One act: who, what, to which bot, how it ended and what it changed. */
export function Entry(props: { of: AuditEntry }) {
  const changes = () => changesOf(props.of.before, props.of.after);
  const summary = () => {
    if (props.of.before === null) return copy.made;
    if (props.of.after === null) return copy.gone;
    return copy.changed(changes().map(({ name }) => fieldName(name)));
  };
  return (
    <li class={styles.entry} data-action={props.of.action} data-outcome={props.of.outcome}>
      <div class={page.between}>
        <p class={styles.act}>
          <Owner ownerId={props.of.actor.userId} ownerName={props.of.actor.username} />
          <span class={page.soft}> · </span>
          <strong>{copy.actions[props.of.action]}</strong>
          <Show when={props.of.botId}>
            {(botId) => (
              <>
                <span class={page.soft}> · </span>
                <BotName botId={botId()} title={props.of.title} />
              </>
            )}
          </Show>
        </p>
        <span class={page.row}>
          <Chip tone={tones[props.of.outcome]} dot>
            {copy.outcomes[props.of.outcome]}
          </Chip>
          <Show when={props.of.errorCode}>
            {(code) => (
              <DocsLink href={errorUrl(code())}>
                <code>{code()}</code>
              </DocsLink>
            )}
          </Show>
          <span class={`${page.small} ${page.soft}`}>
            <Time at={props.of.at} />
          </span>
        </span>
      </div>
      <Show when={props.of.asAdmin}>
        <p>
          <Chip tone="warn">
            {copy.asAdminFor(props.of.ownerName ?? props.of.ownerId ?? adminCopy.unknownOwner)}
          </Chip>
        </p>
      </Show>
      <Show when={props.of.targetId}>
        {(targetId) => (
          <p class={`${page.small} ${page.soft}`}>
            {copy.target} <code>{targetId()}</code>
          </p>
        )}
      </Show>
      <Show when={changes().length > 0}>
        <Disclosure summary={summary()}>
          <Diff changes={changes()} label={copy.actions[props.of.action]} />
        </Disclosure>
      </Show>
    </li>
  );
}

function Diff(props: { changes: Change[]; label: string }) {
  return (
    <table class={styles.diff} aria-label={props.label}>
      <thead>
        <tr>
          <th scope="col">{copy.field}</th>
          <th scope="col">{copy.before}</th>
          <th scope="col">{copy.after}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.changes}>
          {(change) => (
            <tr>
              <th scope="row">{fieldName(change.name)}</th>
              <td data-side="before">
                <Show when={change.before !== undefined} fallback={<Absent />}>
                  <del>{change.before}</del>
                </Show>
              </td>
              <td data-side="after">
                <Show when={change.after !== undefined} fallback={<Absent />}>
                  <ins>{change.after}</ins>
                </Show>
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}

const Absent = () => <span class={page.soft}>{copy.absent}</span>;
