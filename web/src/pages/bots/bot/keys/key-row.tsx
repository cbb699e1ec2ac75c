import { A } from "@solidjs/router";
import { type InfiniteData, useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { formatNumber } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { announce } from "~/ui/announcer.tsx";
import { Checkbox } from "~/ui/checkbox.tsx";
import { Chip } from "~/ui/chip.tsx";
import { Icon } from "~/ui/icon.tsx";
import { Menu } from "~/ui/menu.tsx";
import { Time } from "~/ui/time.tsx";
import { copy as erasure } from "~/page-parts/erasure/copy.ts";
import type { Key, KeyBudget, Keys } from "../queries.ts";
import { copy } from "./copy.ts";
import { KeyLimits, type Shared } from "./key-limits.tsx";

interface Props {
  key: Key;
  botId: string;
  budget: KeyBudget | undefined;
  shared: Shared;
  isChosen: boolean;
  onChoose: (on: boolean) => void;
  onEdit: () => void;
  onRotate: () => void;
  onErase: () => void;
  onDelete: () => void;
}

export function KeyRow(props: Props) {
  const client = useQueryClient();
  const toggle = useMutation(() => ({
    mutationFn: (enabled: boolean) =>
      read(
        api.bots[":botId"].publication.keys[":keyId"].$patch({
          param: { botId: props.botId, keyId: props.key.keyId },
          json: { enabled },
        }),
      ),
    // Shown once the gateway's side has said so, never before: it decides who gets in.
    onSuccess: (changed: ChangedKey) => {
      replaceKey(client, props.botId, changed);
      const said = changed.enabled ? copy.enabled(changed.label) : copy.disabled(changed.label);
      announce(said, "good", () => toggle.mutate(!changed.enabled));
    },
    onError: (error) => announce(error.message, "bad"),
  }));
  return (
    <tr>
      <td data-label={copy.select}>
        <Checkbox
          label={copy.selectOf(props.key.label)}
          hideLabel
          checked={props.isChosen}
          onChange={props.onChoose}
        />
      </td>
      <td data-label={copy.label}>
        <strong>{props.key.label}</strong>
      </td>
      <td data-label={copy.value}>
        <code>outlet_…{props.key.last4}</code>
      </td>
      <td data-label={copy.state}>
        <span class={page.row}>
          <KeyState of={props.key} />
        </span>
      </td>
      <td data-label={copy.limits.label}>
        <KeyLimits of={props.key} budget={props.budget} shared={props.shared} />
      </td>
      <td data-label={copy.created}>
        <Time at={props.key.createdAt} />
      </td>
      <td data-label={copy.expires}>
        <Show when={props.key.expiresAt} fallback={copy.never}>
          {(at) => <Time at={at()} />}
        </Show>
      </td>
      <td data-label={copy.lastUsed}>
        <Show when={props.key.lastUsedAt} fallback={copy.notUsed}>
          {(at) => <Time at={at()} />}
        </Show>
      </td>
      <td data-label={copy.today} data-number="">
        <Show when={props.key.requestsToday !== null} fallback={copy.unknown}>
          <A
            href={`/bots/${props.botId}/metrics?key=${props.key.keyId}`}
            aria-label={copy.todayOf(formatNumber(props.key.requestsToday ?? 0), props.key.label)}
          >
            {formatNumber(props.key.requestsToday ?? 0)}
          </A>
        </Show>
      </td>
      <td data-label={copy.actions} data-end="">
        <Menu
          label={copy.actionsOf(props.key.label)}
          trigger={<Icon name="more" />}
          groups={[
            [
              { label: copy.edit, onSelect: () => props.onEdit() },
              { label: copy.rotate, onSelect: () => props.onRotate() },
              {
                label: props.key.enabled ? copy.disable : copy.enable,
                onSelect: () => toggle.mutate(!props.key.enabled),
              },
            ],
            [
              { label: erasure.erase, danger: true, onSelect: () => props.onErase() },
              { label: copy.delete, danger: true, onSelect: () => props.onDelete() },
            ],
          ]}
        />
      </td>
    </tr>
  );
}

export function KeyState(props: { of: Pick<Key, "enabled" | "expiresAt" | "graceEndsAt"> }) {
  const isPast = (at: string | null) => at !== null && Date.parse(at) <= Date.now();
  const inGrace = () => props.of.graceEndsAt !== null && !isPast(props.of.graceEndsAt);
  return (
    <>
      <Show when={!props.of.enabled}>
        <Chip tone="warn" dot>
          {copy.states.disabled}
        </Chip>
      </Show>
      <Show when={props.of.enabled && isPast(props.of.expiresAt)}>
        <Chip tone="bad" dot>
          {copy.states.expired}
        </Chip>
      </Show>
      <Show when={props.of.enabled && !isPast(props.of.expiresAt)}>
        <Chip tone="good" dot>
          {copy.states.active}
        </Chip>
      </Show>
      <Show when={props.of.enabled && inGrace() && props.of.graceEndsAt}>
        {(at) => (
          <span class={`${page.small} ${page.soft}`}>
            {copy.graceUntil} <Time at={at()} />
          </span>
        )}
      </Show>
    </>
  );
}

/** A change of a key says nothing of what the key was used for. */
type ChangedKey = Omit<Key, "requestsToday">;

/** Puts what the API answered into the list, without asking for the list again. */
export function replaceKey(
  client: ReturnType<typeof useQueryClient>,
  botId: string,
  changed: ChangedKey,
): void {
  client.setQueryData<InfiniteData<Keys>>(
    names.keys(botId),
    (old) =>
      old && {
        ...old,
        pages: old.pages.map((one) => ({
          ...one,
          keys: one.keys.map((key) => (key.keyId === changed.keyId ? { ...key, ...changed } : key)),
        })),
      },
  );
}
