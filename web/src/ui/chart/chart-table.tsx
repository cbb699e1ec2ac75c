import { For, Show } from "solid-js";
import { Table } from "../table.tsx";
import styles from "./chart.module.css";
import { copy } from "./copy.ts";
import { type ChartData, formatPeriod, hasValue } from "./model.ts";

interface Props {
  title: string;
  data: ChartData;
  format: (value: number) => string;
}

/** What a chart draws, in numbers, the newest first. */
export function ChartTable(props: Props) {
  const rows = () =>
    props.data.times
      .map((at, index) => ({ at, index }))
      .filter(({ index }) => hasValue(props.data, index))
      .toReversed();
  const cell = (value: number | null | undefined) =>
    value === null || value === undefined ? copy.none : props.format(value);
  return (
    // Scrolls, so a keyboard has to be able to reach it.
    <div class={styles.rows} tabindex="0" role="region" aria-label={copy.tableOf(props.title)}>
      <Table
        label={props.title}
        columns={[
          { label: copy.time },
          ...props.data.series.map(({ label }) => ({ label, number: true })),
        ]}
      >
        <For each={rows()}>
          {({ at, index }) => (
            <tr>
              <td data-label={copy.time}>{formatPeriod(at, props.data.periodMs)}</td>
              <For each={props.data.series}>
                {(series) => (
                  <td data-label={series.label} data-number="">
                    {cell(series.values[index])}
                  </td>
                )}
              </For>
            </tr>
          )}
        </For>
      </Table>
      <Show when={rows().length < props.data.times.length}>
        <p class={styles.left}>{copy.leftOut}</p>
      </Show>
    </div>
  );
}
