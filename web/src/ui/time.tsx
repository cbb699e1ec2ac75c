import { createMemo } from "solid-js";

const long = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const utc = (date: Date) => `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** In the viewer's zone; UTC on hover. */
export function Time(props: { at: string; clock?: boolean }) {
  const date = createMemo(() => new Date(props.at));
  return (
    <time datetime={props.at} title={utc(date())}>
      {(props.clock ? clock : long).format(date())}
    </time>
  );
}
