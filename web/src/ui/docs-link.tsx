import { type JSX, splitProps } from "solid-js";
import { copy } from "./copy.ts";

/** Into the documentation: beside the console, so that what is under way here stays as it is. */
export function DocsLink(
  props: { href: string } & Omit<JSX.AnchorHTMLAttributes<HTMLAnchorElement>, "href">,
) {
  const [own, rest] = splitProps(props, ["href", "children"]);
  return (
    // Not the router's: it would look for a page of its own.
    <a {...rest} href={own.href} target="_blank" rel="external noopener">
      {own.children}
      <span class="visually-hidden"> ({copy.newTab})</span>
    </a>
  );
}

/** Every code has a page. */
export const errorUrl = (code: string): string => `/docs/errors/${code}/`;
