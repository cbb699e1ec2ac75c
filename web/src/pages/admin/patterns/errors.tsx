import { For, Show } from "solid-js";
import { formatNumber } from "~/format.ts";
import { DownloadCsv } from "~/page-parts/csv/download-csv.tsx";
import page from "~/page-parts/page.module.css";
import { type Range, timesOf } from "~/page-parts/range/range.ts";
import { Async } from "~/ui/async.tsx";
import { Card } from "~/ui/card.tsx";
import { Chip } from "~/ui/chip.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Table } from "~/ui/table.tsx";
import styles from "../admin.module.css";
import { BotName } from "../who.tsx";
import { copy } from "./copy.ts";
import { type ErrorCounts, useErrors } from "./queries.ts";

/** What went wrong most, and with which bots. */
export function TopErrors(props: { range: Range }) {
  const errors = useErrors(() => props.range);
  return (
    <Card
      title={copy.errors}
      hint={copy.errorsHint}
      actions={
        <DownloadCsv
          path="/api/admin/errors"
          fileName="errors"
          query={() => timesOf(props.range)}
        />
      }
    >
      <Async query={errors} title={copy.errorsFailed} skeleton={<Skeleton kind="row" count={3} />}>
        {(data) => (
          <Show when={data().errors.length > 0} fallback={<p>{copy.noErrors}</p>}>
            <ErrorTable errors={data().errors} />
          </Show>
        )}
      </Async>
    </Card>
  );
}

function ErrorTable(props: { errors: ErrorCounts }) {
  return (
    <Table
      label={copy.errors}
      columns={[
        { label: copy.kind },
        { label: copy.code },
        { label: copy.count, number: true },
        { label: copy.bots },
      ]}
    >
      <For each={props.errors}>
        {(error) => (
          <tr data-code={error.code}>
            <td data-label={copy.kind}>
              <Chip>{copy.kinds[error.kind]}</Chip>
            </td>
            <td data-label={copy.code}>
              <Show
                when={error.kind === "gateway" && copy.gatewayCodes[error.code]}
                fallback={<code>{error.code}</code>}
              >
                {(words) => words()}
              </Show>
            </td>
            <td data-label={copy.count} data-number="">
              {formatNumber(error.count)}
            </td>
            <td data-label={copy.bots}>
              <ul class={styles.tight}>
                <For each={error.bots}>
                  {(bot) => (
                    <li>
                      <BotName botId={bot.botId} title={bot.title} page="/requests" />{" "}
                      <span class={page.soft}>{copy.times(formatNumber(bot.count))}</span>
                    </li>
                  )}
                </For>
              </ul>
            </td>
          </tr>
        )}
      </For>
    </Table>
  );
}
