import { createMemo } from "solid-js";

const long = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
/** Of logs, which keep nothing for a year. */
const exact = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
});
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const utc = (date: Date) => `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** In the viewer's zone; UTC on hover. By the minute; `exact` is to the second and without the year. */
export function Time(props: { at: string; clock?: boolean; exact?: boolean }) {
  const date = createMemo(() => new Date(props.at));
  return (
    <time datetime={props.at} title={utc(date())}>
      {(props.clock ? clock : props.exact ? exact : long).format(date())}
    </time>
  );
}
