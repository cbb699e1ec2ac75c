/** The table in memory that core's own tests use, for what runs outside of core without a store. */
// Core keeps it for its tests; a package's exports are for programs.
export { createMemoryTable } from "../../core/src/ports/memory-table.test-support.ts";
