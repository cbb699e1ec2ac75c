import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { read } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { announce } from "~/ui/announcer.tsx";
import { Async } from "~/ui/async.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { Chip, type Tone } from "~/ui/chip.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Time } from "~/ui/time.tsx";
import { copy as words } from "./webhook-copy.ts";
import { Deliveries } from "./webhook-deliveries.tsx";
import { route, useWebhook, type Webhook } from "./webhook-queries.ts";

const copy = words.state;

const tones = {
  none: "plain",
  active: "good",
  failing: "warn",
  disabled: "bad",
} satisfies Record<Webhook["state"], Tone>;

/** How the webhook has done, what was sent, and what can be done about it. */
export default function WebhookState(props: { botId: string; onSecret: (secret: string) => void }) {
  const client = useQueryClient();
  const webhook = useWebhook(() => props.botId);
  const param = () => ({ param: { botId: props.botId } });
  const done = (said: string) => {
    void client.invalidateQueries({ queryKey: names.webhook(props.botId) });
    announce(said);
  };
  const test = useMutation(() => ({
    mutationFn: () => read(route.test.$post(param())),
    onSuccess: () => done(copy.tested),
  }));
  const enable = useMutation(() => ({
    mutationFn: () => read(route.enable.$post(param())),
    onSuccess: () => done(copy.enabled),
  }));
  const rotate = useMutation(() => ({
    // No cache of ours may keep a secret.
    gcTime: 0,
    mutationFn: async () => {
      const { secret } = await read(route.secret.$post({ ...param(), json: {} }));
      props.onSecret(secret);
    },
  }));
  const failed = () => test.error ?? enable.error ?? rotate.error;
  return (
    <Card title={copy.title} hint={copy.hint}>
      <Async query={webhook} title={copy.failed}>
        {(data) => (
          <>
            <Show when={data().disabledFor}>
              {(reason) => (
                <Notice tone="bad" title={copy.disabledTitle}>
                  <p>{copy.disabled[reason()]}</p>
                  <Button size="small" busy={enable.isPending} onClick={() => enable.mutate()}>
                    {copy.enable}
                  </Button>
                </Notice>
              )}
            </Show>
            <div class={page.row}>
              <Chip tone={tones[data().state]} dot>
                {copy.states[data().state]}
              </Chip>
              <Arrival webhook={data()} />
            </div>
            <div class={page.row}>
              <Button size="small" busy={test.isPending} onClick={() => test.mutate()}>
                {copy.test}
              </Button>
              <Button size="small" busy={rotate.isPending} onClick={() => rotate.mutate()}>
                {copy.rotate}
              </Button>
            </div>
            <Show when={failed()}>
              {(error) => <ErrorPanel title={copy.actionFailed} error={error()} />}
            </Show>
            <Deliveries botId={props.botId} />
          </>
        )}
      </Async>
    </Card>
  );
}

const Arrival = (props: { webhook: Webhook }) => (
  <span class={page.soft}>
    <Show
      when={props.webhook.failingSince}
      fallback={
        <>
          {copy.delivered}:{" "}
          <Show when={props.webhook.deliveredAt} fallback={copy.never}>
            {(at) => <Time at={at()} />}
          </Show>
        </>
      }
    >
      {(since) => (
        <>
          {copy.failingSince} <Time at={since()} />
        </>
      )}
    </Show>
  </span>
);
