import { useQueryClient } from "@tanstack/solid-query";
import { createEffect, For, on, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { formatNumber } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { announce } from "~/ui/announcer.tsx";
import { Card } from "~/ui/card.tsx";
import { Chip } from "~/ui/chip.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Table } from "~/ui/table.tsx";
import { Time } from "~/ui/time.tsx";
import { copy as words } from "./copy.ts";
import { type Erasure, isUnderWay, useErasures } from "./queries.ts";

const copy = words.list;

interface Props {
  botId: string;
  /** What the keys of a client are called; none where they are gone. */
  labelsOf: (clientId: string) => readonly string[];
}

/** Whose conversations were erased, and how far it has come; nothing where none ever were. */
export function Erasures(props: Props) {
  const client = useQueryClient();
  const erasures = useErasures(() => props.botId);
  const all = () => erasures.data?.erasures ?? [];
  createEffect(
    on(all, (now, before) => {
      const underWay = new Set(before?.filter(isUnderWay).map(({ clientId }) => clientId));
      for (const one of now) {
        if (!underWay.has(one.clientId) || isUnderWay(one)) continue;
        announce(words.done(one.conversations));
        void client.invalidateQueries({ queryKey: names.runs(props.botId) });
      }
    }),
  );
  return (
    <>
      <Show when={erasures.isError}>
        <ErrorPanel title={copy.failed} error={erasures.error} />
      </Show>
      <Show when={all().length > 0}>
        <Card title={copy.title} hint={copy.hint}>
          <Table
            label={copy.title}
            columns={[
              { label: copy.client },
              { label: copy.status },
              { label: copy.conversations, number: true },
              { label: copy.requests, number: true },
              { label: copy.begun },
              { label: copy.ended },
            ]}
          >
            <For each={all()}>
              {(erasure) => <Row of={erasure} labels={props.labelsOf(erasure.clientId)} />}
            </For>
          </Table>
        </Card>
      </Show>
    </>
  );
}

const Row = (props: { of: Erasure; labels: readonly string[] }) => (
  <tr>
    <td data-label={copy.client}>
      <strong>{props.labels.length > 0 ? props.labels.join(", ") : copy.goneKeys}</strong>
      <div class={`${page.small} ${page.soft}`}>
        <code>{props.of.clientId}</code>
      </div>
    </td>
    <td data-label={copy.status}>
      <Chip tone={isUnderWay(props.of) ? "busy" : "good"} dot>
        {copy.statuses[props.of.status]}
      </Chip>
    </td>
    <td data-label={copy.conversations} data-number="">
      {formatNumber(props.of.conversations)}
    </td>
    <td data-label={copy.requests} data-number="">
      {formatNumber(props.of.requests)}
    </td>
    <td data-label={copy.begun}>
      <Time at={props.of.begunAt} />
    </td>
    <td data-label={copy.ended}>
      <Show when={props.of.endedAt} fallback={copy.notYet}>
        {(at) => <Time at={at()} />}
      </Show>
    </td>
  </tr>
);
