import { createEffect, onCleanup } from "solid-js";
import { copy } from "../copy.ts";

/** Sets the document's title: the first thing a screen reader says of a page. */
export function PageTitle(props: { title: string }) {
  createEffect(() => {
    document.title = `${props.title} · ${copy.shell.brand}`;
  });
  onCleanup(() => {
    document.title = copy.shell.brand;
  });
  return null;
}
