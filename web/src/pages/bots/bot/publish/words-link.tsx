import { docsUrl } from "~/page-parts/docs/docs-links.ts";
import { DocsLink } from "~/ui/docs-link.tsx";
import { copy } from "./copy.ts";

/** What burst, rate, quota and budget are, in the documentation's glossary. */
export const WordsLink = () => (
  <p>
    <DocsLink href={docsUrl("glossary")}>{copy.words}</DocsLink>
  </p>
);
