import { PageTitle } from "~/page-parts/page-title.tsx";
import { ButtonLink } from "~/ui/button.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { copy } from "./copy.ts";

export default function NotFound() {
  return (
    <>
      <PageTitle title={copy.title} />
      <h1 class="visually-hidden">{copy.title}</h1>
      <EmptyState
        icon="info"
        title={copy.heading}
        text={copy.text}
        action={
          <ButtonLink href="/" look="primary">
            {copy.action}
          </ButtonLink>
        }
      />
    </>
  );
}
