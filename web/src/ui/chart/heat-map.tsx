import { For } from "solid-js";
import { copy } from "./copy.ts";
import styles from "./heat-map.module.css";

interface Props {
  label: string;
  /** Of the first column: what the rows are. */
  corner: string;
  columns: string[];
  rows: { label: string; values: readonly (number | null)[] }[];
  format: (value: number) => string;
}

const levels = 5;

/**
 * A table whose cells are tinted by how much they hold, against the most of them: what is seen is
 * also what is read. `null`: nothing is known.
 *
 * ```tsx
 * <HeatMap
 *   label="Requests by weekday and hour"
 *   corner="Weekday"
 *   columns={["0", "1", …, "23"]}
 *   rows={[{ label: "Monday", values: [12, null, 0, …] }, …]}
 *   format={formatNumber}
 * />
 * ```
 */
export function HeatMap(props: Props) {
  const most = () => Math.max(0, ...props.rows.flatMap(({ values }) => values.map((v) => v ?? 0)));
  const level = (value: number | null) =>
    value === null || value === 0 ? 0 : Math.ceil((value / most()) * levels);
  return (
    // Scrolls where it is wider than the screen, so a keyboard has to be able to reach it.
    <div class={styles.scroll} tabindex="0" role="region" aria-label={props.label}>
      <table class={styles.table} aria-label={props.label}>
        <thead>
          <tr>
            <th scope="col" class={styles.corner}>
              {props.corner}
            </th>
            <For each={props.columns}>{(column) => <th scope="col">{column}</th>}</For>
          </tr>
        </thead>
        <tbody>
          <For each={props.rows}>
            {(row) => (
              <tr>
                <th scope="row" class={styles.corner}>
                  {row.label}
                </th>
                <For each={row.values}>
                  {(value) => (
                    <td data-level={level(value)}>
                      {value === null ? copy.none : props.format(value)}
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}
