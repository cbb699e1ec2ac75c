import { domain } from "./settings";

/** One origin for the console and the control API, so that the browser needs no CORS. */
export const router = new sst.aws.Router("Router", domain ? { domain } : {});
