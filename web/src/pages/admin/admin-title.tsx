import { adminCopy } from "../../copy-admin.ts";
import { PageTitle } from "../page-title.tsx";

/** "Costs · Admin": which of the pages it is comes first. */
export const AdminTitle = (props: { of: string }) => (
  <PageTitle title={`${props.of} · ${adminCopy.title}`} />
);
