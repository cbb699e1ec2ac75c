import {
  type Accessor,
  createEffect,
  createSignal,
  createUniqueId,
  For,
  type JSX,
  on,
  onCleanup,
  onMount,
  Show,
  untrack,
} from "solid-js";
import { theme } from "~/theme.ts";
import { Button } from "../button.tsx";
import styles from "./chart.module.css";
import { ChartTable } from "./chart-table.tsx";
import { copy } from "./copy.ts";
import { type ChartData, type ChartKind, formatPeriod, hasValue, indexAt } from "./model.ts";
import type { Plot } from "./plot.ts";

/** The time that is pointed at, in all charts of a page. */
export interface ChartGroup {
  at: Accessor<number | undefined>;
  setAt: (at: number | undefined) => void;
}

/** For charts that stand on one time axis: what one points at, all of them show. */
export function createChartGroup(): ChartGroup {
  const [at, setAt] = createSignal<number>();
  return { at, setAt };
}

interface Props {
  title: string;
  hint?: JSX.Element;
  data: ChartData;
  kind?: ChartKind;
  format: (value: number) => string;
  /** For counts: no fractions at the axis. */
  whole?: boolean;
  /** The value axis reaches at least so far: what is tiny looks tiny. */
  least?: number;
  group?: ChartGroup;
  /** Called where somebody draws the pointer over a stretch of time, epoch milliseconds. */
  onSelect?: (from: number, to: number) => void;
}

const heightPx = 176;

/**
 * A chart over time. The library that draws it is loaded when the first one is shown. `null` is a
 * gap. With the keyboard: focus it, then arrow keys, Page Up and Down, Home and End; the values are
 * read out. "Show table" has the same in numbers.
 *
 * ```tsx
 * const group = createChartGroup();
 * <Chart
 *   title="Cost"
 *   kind="stacked"
 *   group={group}
 *   format={formatUsd}
 *   data={{
 *     range: { from, to },
 *     times: [from, from + 3_600_000],
 *     periodMs: 3_600_000,
 *     series: [
 *       { label: "Bot A", colour: "1", values: [10, null], summary: "$0.00001" },
 *       { label: "Bot B", colour: "2", values: [5, 7] },
 *     ],
 *   }}
 * />
 * ```
 *
 * What is not over time (hour × weekday) is a table with tinted cells: see `HeatMap`.
 */
export function Chart(props: Props) {
  const own = createChartGroup();
  const group = () => props.group ?? own;
  const [asTable, setAsTable] = createSignal(false);
  const id = createUniqueId();
  const index = () => {
    const at = group().at();
    return at === undefined ? undefined : indexAt(props.data, at);
  };
  return (
    <figure class={styles.chart} aria-labelledby={id}>
      <div class={styles.head}>
        <div>
          <h3 id={id}>{props.title}</h3>
          <Show when={props.hint}>
            <p class={styles.hint}>{props.hint}</p>
          </Show>
        </div>
        <Button
          size="small"
          look="quiet"
          aria-pressed={asTable()}
          aria-label={copy.showTableOf(props.title)}
          onClick={() => setAsTable((now) => !now)}
        >
          {copy.showTable}
        </Button>
      </div>
      <Legend data={props.data} format={props.format} index={index()} />
      <Show
        when={!asTable()}
        fallback={<ChartTable title={props.title} data={props.data} format={props.format} />}
      >
        {/* Numbers need no library: where it cannot be loaded, they are what is left. */}
        <Canvas {...props} group={group()} index={index()} onFailed={() => setAsTable(true)} />
      </Show>
    </figure>
  );
}

/** Which colour is what, and what it comes to: at the time pointed at, else over the range. */
function Legend(props: {
  data: ChartData;
  format: (value: number) => string;
  index: number | undefined;
}) {
  const time = () => (props.index === undefined ? undefined : props.data.times[props.index]);
  return (
    <div class={styles.legend}>
      <ul class={styles.keys}>
        <For each={props.data.series}>
          {(series) => (
            <li class={styles.key}>
              <span class={styles.swatch} data-colour={series.colour} aria-hidden="true" />
              {series.label}{" "}
              <strong class={styles.value}>
                {props.index === undefined
                  ? series.summary
                  : valueOf(series.values[props.index], props.format)}
              </strong>
            </li>
          )}
        </For>
      </ul>
      <span class={styles.time}>
        <Show when={time()}>{(at) => formatPeriod(at(), props.data.periodMs)}</Show>
      </span>
    </div>
  );
}

const valueOf = (value: number | null | undefined, format: (value: number) => string) =>
  value === null || value === undefined ? copy.none : format(value);

interface CanvasProps extends Props {
  group: ChartGroup;
  index: number | undefined;
  onFailed: () => void;
}

function Canvas(props: CanvasProps) {
  const hintId = createUniqueId();
  const [root, setRoot] = createSignal<HTMLElement>();
  mountPlot(root, props);
  const last = () => props.data.times.length - 1;
  const move = (to: number) =>
    props.group.setAt(props.data.times[Math.min(Math.max(to, 0), last())]);
  const edge = (from: "first" | "last") => {
    const known = props.data.times.map((_, at) => hasValue(props.data, at));
    const found = from === "first" ? known.indexOf(true) : known.lastIndexOf(true);
    return found < 0 ? last() : found;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const now = props.index ?? edge("last");
    const page = Math.max(1, Math.round(props.data.times.length / 10));
    const target = {
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      PageDown: now - page,
      PageUp: now + page,
      Home: edge("first"),
      End: edge("last"),
    }[event.key];
    if (event.key === "Escape") props.group.setAt(undefined);
    if (target === undefined) return;
    event.preventDefault();
    move(target);
  };
  const isEmpty = () => !props.data.times.some((_, at) => hasValue(props.data, at));
  const text = () => {
    if (isEmpty()) return copy.empty;
    const { index } = props;
    const at = index === undefined ? undefined : props.data.times[index];
    if (index === undefined || at === undefined) return copy.noPoint;
    const values = props.data.series.map(
      ({ label, values }) => `${label} ${valueOf(values[index], props.format)}`,
    );
    return `${formatPeriod(at, props.data.periodMs)}: ${values.join(", ")}`;
  };
  return (
    <>
      {/* A slider over time: assistive technology reads its text as it moves. */}
      <div
        ref={setRoot}
        class={styles.plot}
        role="slider"
        tabindex="0"
        aria-label={props.title}
        aria-describedby={hintId}
        aria-valuemin={0}
        aria-valuemax={Math.max(last(), 0)}
        aria-valuenow={props.index ?? Math.max(last(), 0)}
        aria-valuetext={text()}
        data-empty={isEmpty() ? copy.empty : undefined}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          // By mouse the pointer says where.
          const isByKey = event.currentTarget.matches(":focus-visible");
          if (isByKey && props.index === undefined) move(edge("last"));
        }}
      />
      <span id={hintId} class="visually-hidden">
        {copy.keys}
      </span>
    </>
  );
}

/** Draws into an element for as long as it is there. */
function mountPlot(root: Accessor<HTMLElement | undefined>, props: CanvasProps): void {
  const [plot, setPlot] = createSignal<Plot>();
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => plot()?.repaint();
  const resized = new ResizeObserver(([entry]) => {
    if (entry && entry.contentRect.width > 0) plot()?.setWidth(entry.contentRect.width);
  });
  let gone = false;
  const draw = async (element: HTMLElement) => {
    const { createPlot } = await import("./plot.ts");
    if (gone) return;
    const onSelect = untrack(() => props.onSelect);
    const drawn = createPlot(
      element,
      untrack(() => props.data),
      {
        kind: untrack(() => props.kind ?? "line"),
        whole: untrack(() => props.whole ?? false),
        least: untrack(() => props.least ?? (props.whole ? 5 : 1)),
        format: (value) => props.format(value),
        height: heightPx,
        colour: (token) => computedColour(element, token),
        onPoint: (at) => props.group.setAt(at),
        onSelect: onSelect && ((from, to) => props.onSelect?.(from, to)),
      },
    );
    setPlot(drawn);
    resized.observe(element);
    dark.addEventListener("change", repaint);
  };
  onMount(() => {
    const element = root();
    if (element) draw(element).catch(() => props.onFailed());
  });
  createEffect(on([plot, () => props.data], ([drawn, data]) => drawn?.setData(data)));
  createEffect(
    on([plot, () => props.group.at(), () => props.data], ([drawn, at]) => drawn?.point(at)),
  );
  createEffect(on(theme, repaint, { defer: true }));
  onCleanup(() => {
    gone = true;
    resized.disconnect();
    dark.removeEventListener("change", repaint);
    plot()?.destroy();
  });
}

/** A canvas knows neither tokens nor light-dark(): the browser works out what they are here. */
function computedColour(element: HTMLElement, token: string): string {
  const before = element.style.color;
  element.style.color = `var(${token})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}
