import { useMutation } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { api, read } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { daysOf, type Range } from "~/page-parts/range/range.ts";
import { Button } from "~/ui/button.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { copy } from "./copy.ts";

const words = copy.verify;

/** Whether the log of the chosen time is as it was written, by its chains of hashes. */
export function VerifyLog(props: { range: Range }) {
  const verify = useMutation(() => ({
    mutationFn: () => read(api.admin.audit.verify.$get({ query: daysOf(props.range) })),
  }));
  return (
    <div class={page.form}>
      <div class={page.row}>
        <Button size="small" busy={verify.isPending} onClick={() => verify.mutate()}>
          {words.action}
        </Button>
        <span class={`${page.small} ${page.soft}`}>{words.hint}</span>
      </div>
      <Show when={verify.data}>
        {(found) => (
          <Notice tone={found().isWhole ? "good" : "bad"}>
            <p>
              {found().isWhole
                ? words.whole(found().records, found().chains)
                : words.broken(found().faultCount)}
            </p>
            <Show when={!found().isWhole}>
              <ul>
                {found()
                  .faults.slice(0, 10)
                  .map((fault) => (
                    <li>{words.fault(fault.day, words.kinds[fault.kind], fault.auditId)}</li>
                  ))}
              </ul>
              <p>{words.next}</p>
            </Show>
          </Notice>
        )}
      </Show>
      <Show when={verify.isError}>
        <ErrorPanel title={words.failed} error={verify.error} />
      </Show>
    </div>
  );
}
