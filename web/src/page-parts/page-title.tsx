import { createEffect, onCleanup } from "solid-js";
import { copy as common } from "~/copy.ts";

/** Sets the document's title: the first thing a screen reader says of a page. */
export function PageTitle(props: { title: string }) {
  createEffect(() => {
    document.title = `${props.title} · ${common.brand}`;
  });
  onCleanup(() => {
    document.title = common.brand;
  });
  return null;
}
