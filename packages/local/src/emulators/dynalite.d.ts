declare module "dynalite" {
  import type { Server } from "node:http";

  /** `path` is a LevelDB directory. The times are how long a table stays in a passing state. */
  export default function dynalite(options: {
    path?: string;
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
  }): Server;
}
