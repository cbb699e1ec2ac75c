import { createEffect, createSignal, on, Show } from "solid-js";
import { Select } from "~/ui/select.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import { boundsOf, isLast, type Last, type Range, toLocalInput } from "./range.ts";

interface Props {
  range: Range;
  onChange: (range: Range) => void;
  /** Those on offer, the shortest first. */
  lasts: readonly Last[];
}

const custom = "custom";

/** Of when a page tells: one field among its filters, or three, in the viewer's zone. */
export function RangePicker(props: Props) {
  const chosen = () => ("last" in props.range ? undefined : props.range);
  const choose = (value: string) => {
    if (isLast(value)) props.onChange({ last: value });
    else props.onChange(boundsOf(props.range, Date.now()));
  };
  return (
    <>
      <Select
        label={copy.label}
        options={[
          ...props.lasts.map((value) => ({ value, label: copy.lasts[value] })),
          { value: custom, label: copy.custom },
        ]}
        value={"last" in props.range ? props.range.last : custom}
        onChange={choose}
      />
      <Show when={chosen()}>
        {(bounds) => <Bounds from={bounds().from} to={bounds().to} onChange={props.onChange} />}
      </Show>
    </>
  );
}

/**
 * Two times, in whichever order they are typed. While one of them is half typed, or after the
 * other, there is no range: the page stays as it is.
 */
function Bounds(props: { from: number; to: number; onChange: (range: Range) => void }) {
  const [typed, setTyped] = createSignal<{ from?: string; to?: string }>({});
  const from = () => typed().from ?? toLocalInput(props.from);
  const to = () => typed().to ?? toLocalInput(props.to);
  const input = (change: { from?: string; to?: string }) => {
    setTyped((before) => ({ ...before, ...change }));
    const range = { from: Date.parse(from()), to: Date.parse(to()) };
    if (range.from < range.to) props.onChange(range);
  };
  // The address follows a moment later; until it does, what is typed is what is meant.
  createEffect(
    on(
      () => [props.from, props.to],
      () => setTyped({}),
      { defer: true },
    ),
  );
  const isWrong = () => Date.parse(from()) >= Date.parse(to());
  return (
    <>
      <TextField
        label={copy.from}
        value={from()}
        onInput={(value) => input({ from: value })}
        inputProps={{ type: "datetime-local" }}
      />
      <TextField
        label={copy.to}
        value={to()}
        onInput={(value) => input({ to: value })}
        error={isWrong() ? copy.order : undefined}
        inputProps={{ type: "datetime-local" }}
      />
    </>
  );
}
