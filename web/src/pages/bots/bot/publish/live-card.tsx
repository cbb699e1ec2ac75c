import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, lazy, Show, Suspense } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { rememberKey } from "../known-keys.ts";
import { useCurl } from "../snippets.ts";
import { copy } from "./copy.ts";

const Playground = lazy(() => import("../playground.tsx"));
const words = copy.live;

/** Right after publishing: a key, and the first answer. The key is in this page's memory only. */
export function LiveCard(props: { botId: string; endpoint: string }) {
  const curl = useCurl();
  const client = useQueryClient();
  const [value, setValue] = createSignal<string>();
  const create = useMutation(() => ({
    // No cache of ours may keep a secret.
    gcTime: 0,
    mutationFn: async () => {
      const made = await read(
        api.bots[":botId"].publication.keys.$post({
          param: { botId: props.botId },
          json: { label: words.label },
        }),
      );
      setValue(made.value);
      rememberKey(props.botId, made.value);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: names.keys(props.botId) }),
  }));
  return (
    <>
      <Card title={words.title} hint={words.hint}>
        <Show
          when={value()}
          fallback={
            <div>
              <Button look="primary" busy={create.isPending} onClick={() => create.mutate()}>
                {words.make}
              </Button>
            </div>
          }
        >
          {(shown) => (
            <>
              <Notice tone="warn">
                <p>{words.once}</p>
              </Notice>
              <CodeBlock code={shown()} label={words.valueLabel} copyLabel={words.copyValue} wrap />
              <p>{words.curl}</p>
              <CodeBlock
                code={curl(props.endpoint, shown())}
                label={words.curlLabel}
                copyLabel={words.copyCurl}
                wrap
              />
            </>
          )}
        </Show>
        <Show when={create.isError}>
          <ErrorPanel title={words.failed} error={create.error} />
        </Show>
      </Card>
      <Show when={value()}>
        <Suspense>
          <Playground mode="published" />
        </Suspense>
      </Show>
    </>
  );
}
