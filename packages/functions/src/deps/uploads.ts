import type { UploadStore } from "@outlet/core/ports";
import { Resource } from "sst";
import { options } from "./linked.ts";

/** Browsers post files to the bucket itself, under its name in its Region (infra/storage.ts). */
export function uploads(): UploadStore {
  const bucket = Resource.Payloads.name;
  const url = `https://${bucket}.s3.${Resource.Installation.region}.amazonaws.com/`;
  let opened: Promise<UploadStore> | undefined;
  const open = async () => {
    opened ??= import("../objects.ts").then(({ openUploads }) =>
      openUploads(options(), bucket, url),
    );
    return opened;
  };
  return {
    target: async (path, about) => (await open()).target(path, about),
    receive: async (path, pieces) => (await open()).receive(path, pieces),
    size: async (path) => (await open()).size(path),
  };
}
