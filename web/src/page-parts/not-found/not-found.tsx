import { Show } from "solid-js";
import { ButtonLink } from "~/ui/button.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { PageTitle } from "../page-title.tsx";
import { copy } from "./copy.ts";

interface Props {
  /** What there is none of, and the way to where there are some; no page where nothing is said. */
  words?: { heading: string; text: string; action: string };
  href?: string;
  /** Under a title that stays. */
  inside?: boolean;
}

/** Stands where the address names what there is not. */
export default function NotFound(props: Props) {
  const words = () => props.words ?? copy;
  return (
    <>
      <PageTitle title={copy.title} />
      <Show when={!props.inside}>
        <h1 class="visually-hidden">{copy.title}</h1>
      </Show>
      <EmptyState
        icon="info"
        title={words().heading}
        text={words().text}
        action={
          <ButtonLink href={props.href ?? "/"} look="primary">
            {words().action}
          </ButtonLink>
        }
      />
    </>
  );
}
