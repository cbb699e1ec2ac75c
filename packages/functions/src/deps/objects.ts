import type { ObjectStore } from "@outlet/core/ports";
import { Resource } from "sst";
import { options } from "./linked.ts";

/** Seldom needed, and S3's client is the heaviest of all: in a chunk of its own it is loaded late. */
export function objects(): ObjectStore {
  let opened: Promise<ObjectStore> | undefined;
  const open = async () => {
    opened ??= import("../objects.ts").then(({ openObjects }) =>
      openObjects(options(), Resource.Payloads.name),
    );
    return opened;
  };
  return {
    put: async (path, body, contentType) => (await open()).put(path, body, contentType),
    get: async (path) => (await open()).get(path),
    getRange: async (path, from, length) => (await open()).getRange(path, from, length),
    remove: async (path) => (await open()).remove(path),
  };
}
