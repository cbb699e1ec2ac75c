import type { Tools } from "@outlet/core/bots/tools";
import { createGuardedHttp } from "../outbound/guarded-http.ts";
import type { base } from "./linked.ts";
import { secrets } from "./secrets.ts";

/** Few bots have tools that lie outside: what calls them is loaded for the first one that does. */
export function remoteTools(stores: ReturnType<typeof base>): Tools.Remote {
  let opened: Promise<Tools.Remote> | undefined;
  return {
    async open(...asked) {
      opened ??= import("../tools/remote.ts").then(({ createRemoteTools }) =>
        createRemoteTools({ ...stores, http: createGuardedHttp(), secrets: secrets() }),
      );
      return (await opened).open(...asked);
    },
  };
}
