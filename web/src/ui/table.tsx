import { For, type JSX } from "solid-js";
import styles from "./table.module.css";

interface Props {
  label: string;
  columns: { label: string; number?: boolean }[];
  children: JSX.Element;
}

/** On narrow screens each row becomes a block; its cells name themselves by `data-label`. */
export function Table(props: Props) {
  return (
    <div class={styles.scroll} data-stack="">
      <table class={styles.table} aria-label={props.label}>
        <thead>
          <tr>
            <For each={props.columns}>
              {(column) => (
                <th scope="col" data-number={column.number ? "" : undefined}>
                  {column.label}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}
