import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { read } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { announce } from "~/ui/announcer.tsx";
import { Async } from "~/ui/async.tsx";
import { Button } from "~/ui/button.tsx";
import { Chip, type Tone } from "~/ui/chip.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { More } from "~/ui/more.tsx";
import { Table } from "~/ui/table.tsx";
import { Time } from "~/ui/time.tsx";
import { copy as words } from "./webhook-copy.ts";
import { type Delivery, route, useDeliveries } from "./webhook-queries.ts";

const copy = words.row;

const tones = {
  waiting: "busy",
  delivered: "good",
  failed: "bad",
  dropped: "plain",
} satisfies Record<Delivery["status"], Tone>;

/** What was sent, with how the last try of each went. */
export function Deliveries(props: { botId: string }) {
  const client = useQueryClient();
  const deliveries = useDeliveries(() => props.botId);
  const all = () => deliveries.data?.pages.flatMap((one) => one.deliveries) ?? [];
  const again = useMutation(() => ({
    mutationFn: (deliveryId: string) =>
      read(
        route.deliveries[":deliveryId"].redeliver.$post({
          param: { botId: props.botId, deliveryId },
        }),
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: names.webhook(props.botId) });
      announce(copy.sentAgain);
    },
  }));
  return (
    <Async query={deliveries} title={words.state.failed}>
      {() => (
        <Show when={all().length > 0} fallback={<p class={page.soft}>{words.state.empty}</p>}>
          <Show when={again.isError}>
            <ErrorPanel title={words.state.actionFailed} error={again.error} />
          </Show>
          <Table
            label={words.state.title}
            columns={[
              { label: copy.when },
              { label: copy.event },
              { label: copy.status },
              { label: copy.outcome },
              { label: copy.again },
            ]}
          >
            <For each={all()}>
              {(delivery) => (
                <tr>
                  <td data-label={copy.when}>
                    <Time at={delivery.createdAt} />
                  </td>
                  <td data-label={copy.event}>
                    <code>{delivery.type}</code>
                    <Show when={delivery.origin}>
                      {(origin) => (
                        <div class={`${page.soft} ${page.small}`}>{copy.caller(origin())}</div>
                      )}
                    </Show>
                  </td>
                  <td data-label={copy.status}>
                    <Chip tone={tones[delivery.status]} dot>
                      {copy.statuses[delivery.status]}
                    </Chip>
                  </td>
                  <td data-label={copy.outcome}>{outcomeOf(delivery)}</td>
                  <td data-label={copy.again}>
                    <Show when={delivery.status !== "waiting"}>
                      <Button size="small" onClick={() => again.mutate(delivery.deliveryId)}>
                        {copy.again}
                      </Button>
                    </Show>
                  </td>
                </tr>
              )}
            </For>
          </Table>
          <More of={deliveries} label={words.more} />
        </Show>
      )}
    </Async>
  );
}

function outcomeOf({ tries }: Delivery): string {
  const last = tries.at(-1);
  if (!last) return copy.notTried;
  return last.failure ?? copy.arrived(last.status ?? 0, tries.length);
}
