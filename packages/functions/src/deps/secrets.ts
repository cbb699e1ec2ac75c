import type { SecretStore } from "@outlet/core/ports";
import { Resource } from "sst";
import { options } from "./linked.ts";

/** Of bots' tools; few have any. */
export function secrets(): SecretStore {
  let opened: Promise<SecretStore> | undefined;
  const open = async () => {
    opened ??= import("../secrets.ts").then(({ openSecrets }) =>
      openSecrets(options(), Resource.ToolSecrets.path),
    );
    return opened;
  };
  return {
    put: async (botId, secretId, value) => (await open()).put(botId, secretId, value),
    get: async (botId, secretId) => (await open()).get(botId, secretId),
    remove: async (botId, secretId) => (await open()).remove(botId, secretId),
    removeAll: async (botId) => (await open()).removeAll(botId),
  };
}
