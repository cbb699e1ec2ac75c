import { createSignal, Show } from "solid-js";
import { metricsCopy as copy } from "../../copy-metrics.ts";
import { Select } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
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
        label={copy.range.label}
        options={[
          ...props.lasts.map((value) => ({ value, label: copy.range.lasts[value] })),
          { value: custom, label: copy.range.custom },
        ]}
        value={"last" in props.range ? props.range.last : custom}
        onChange={choose}
      />
      <Show when={chosen()}>
        {(bounds) => (
          <>
            <Bound
              label={copy.range.from}
              at={bounds().from}
              isGood={(from) => from < bounds().to}
              error={copy.range.order}
              onChange={(from) => props.onChange({ ...bounds(), from })}
            />
            <Bound
              label={copy.range.to}
              at={bounds().to}
              isGood={(to) => to > bounds().from}
              error={copy.range.order}
              onChange={(to) => props.onChange({ ...bounds(), to })}
            />
          </>
        )}
      </Show>
    </>
  );
}

function Bound(props: {
  label: string;
  at: number;
  isGood: (at: number) => boolean;
  error: string;
  onChange: (at: number) => void;
}) {
  // While a date is being typed there is none, or a wrong one: the page stays as it is.
  const [typed, setTyped] = createSignal<string>();
  const text = () => typed() ?? toLocalInput(props.at);
  const input = (value: string) => {
    const at = Date.parse(value);
    if (Number.isNaN(at) || !props.isGood(at)) {
      setTyped(value);
      return;
    }
    setTyped(undefined);
    props.onChange(at);
  };
  const isWrong = () => {
    const at = Date.parse(typed() ?? "");
    return !Number.isNaN(at) && !props.isGood(at);
  };
  return (
    <TextField
      label={props.label}
      value={text()}
      onInput={input}
      error={isWrong() ? props.error : undefined}
      inputProps={{ type: "datetime-local" }}
    />
  );
}
