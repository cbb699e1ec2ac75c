import type { Table } from "@outlet/core/ports";
import type { Contract } from "./contract.ts";

/** What the checks of the table contract are made with. */
export interface TableChecks extends Contract {
  /** Only once a check runs. */
  table: () => Table;
  /** A partition no other check uses. */
  partition: () => string;
}
