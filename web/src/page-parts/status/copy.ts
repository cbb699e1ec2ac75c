import type { PublicationStatus, RunStatus, SyncStatus } from "./status.ts";

/** States in words. */
export const copy = {
  publication: {
    unpublished: "Not published",
    publishing: "Publishing",
    published: "Published",
    updating: "Updating",
    paused: "Paused",
    unpublishing: "Unpublishing",
    failed: "Publishing failed",
  } satisfies Record<PublicationStatus, string>,
  sync: {
    QUEUED: "Waiting",
    RUNNING: "Reading",
    SUCCEEDED: "In sync",
    FAILED: "Failed",
  } satisfies Record<SyncStatus, string>,
  run: {
    queued: "Queued",
    in_progress: "In progress",
    completed: "Completed",
    failed: "Failed",
    cancelled: "Cancelled",
    incomplete: "Incomplete",
  } satisfies Record<RunStatus, string>,
};
