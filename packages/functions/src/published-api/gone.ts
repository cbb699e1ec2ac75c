import type { Context } from "hono";
import type { PublishedEnv } from "./identity.ts";

/** Aborted when the caller has gone, as far as anybody can tell: behind the gateway it is not seen. */
export const goneSignal = (c: Context<PublishedEnv>): AbortSignal =>
  c.env.context?.gone ?? new AbortController().signal;
