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
  source: {
    QUEUED: "Waiting",
    RUNNING: "Reading",
    SUCCEEDED: "Read",
    FAILED: "Failed",
  } satisfies Record<SyncStatus, string>,
  knowledge: {
    QUEUED: "Knowledge waiting",
    RUNNING: "Reading knowledge",
    SUCCEEDED: "Knowledge read",
    FAILED: "Knowledge failed",
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
