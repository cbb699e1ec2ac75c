/** What can be said of a bot's publication, of its knowledge, and of a run: the API's own values. */
import type { InferResponseType } from "hono/client";
import type { api } from "~/api/client.ts";

type OneBot = (typeof api.bots)[":botId"];
export type PublicationStatus = InferResponseType<OneBot["publication"]["$get"], 200>["status"];
export type SyncStatus = InferResponseType<OneBot["$get"], 200>["syncStatus"];
export type RunStatus = InferResponseType<
  OneBot["publication"]["runs"]["$get"],
  200
>["runs"][number]["status"];

/** Whether the endpoint is there and keys open it, and whether an act is under way on it. */
const publication = {
  publishing: { live: false, inFlight: true },
  published: { live: true, inFlight: false },
  updating: { live: true, inFlight: true },
  paused: { live: true, inFlight: false },
  unpublishing: { live: false, inFlight: true },
  unpublished: { live: false, inFlight: false },
  failed: { live: false, inFlight: false },
} as const satisfies Record<PublicationStatus, { live: boolean; inFlight: boolean }>;
type Stages = typeof publication;
export type InFlightStatus = {
  [S in PublicationStatus]: Stages[S]["inFlight"] extends true ? S : never;
}[PublicationStatus];

/** Whether it goes on by itself. */
const run = {
  queued: { open: true },
  in_progress: { open: true },
  completed: { open: false },
  failed: { open: false },
  cancelled: { open: false },
  incomplete: { open: false },
} satisfies Record<RunStatus, { open: boolean }>;

const sync = {
  QUEUED: { open: true },
  RUNNING: { open: true },
  SUCCEEDED: { open: false },
  FAILED: { open: false },
} satisfies Record<SyncStatus, { open: boolean }>;

export const publicationStatuses = Object.keys(publication) as PublicationStatus[];
export const syncStatuses = Object.keys(sync) as SyncStatus[];
export const runStatuses = Object.keys(run) as RunStatus[];

export const isPublicationStatus = (text: string | undefined): text is PublicationStatus =>
  text !== undefined && Object.hasOwn(publication, text);
export const isRunStatus = (text: string | undefined): text is RunStatus =>
  text !== undefined && Object.hasOwn(run, text);

export const isInFlight = (status: PublicationStatus | undefined): status is InFlightStatus =>
  status !== undefined && publication[status].inFlight;
export const isLive = (status: PublicationStatus | null | undefined): boolean =>
  status != null && publication[status].live;
export const isOpen = (status: RunStatus): boolean => run[status].open;
export const isSyncing = (status: SyncStatus): boolean => sync[status].open;
