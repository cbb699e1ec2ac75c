import { copy } from "../copy.ts";
import { ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { PageTitle } from "./page-title.tsx";

export default function NotFound() {
  return (
    <>
      <PageTitle title={copy.notFound.title} />
      <h1 class="visually-hidden">{copy.notFound.title}</h1>
      <EmptyState
        icon="info"
        title={copy.notFound.heading}
        text={copy.notFound.text}
        action={
          <ButtonLink href="/" look="primary">
            {copy.notFound.action}
          </ButtonLink>
        }
      />
    </>
  );
}
