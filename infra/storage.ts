import "./links";
import { isProd } from "./stage";

/** All items of Outlet; its indexes are those of packages/core/src/ports/table.ts. */
export const table = new sst.aws.Dynamo("Table", {
  fields: {
    pk: "string",
    sk: "string",
    listingPk: "string",
    listingSk: "string",
    publicPk: "string",
    publicSk: "string",
    openPk: "string",
    openSk: "string",
  },
  primaryIndex: { hashKey: "pk", rangeKey: "sk" },
  globalIndexes: {
    listing: { hashKey: "listingPk", rangeKey: "listingSk" },
    public: { hashKey: "publicPk", rangeKey: "publicSk" },
    // Keys alone: a lease's sign of life writes nothing here (keyIndexes of the port).
    open: { hashKey: "openPk", rangeKey: "openSk", projection: "keys-only" },
  },
  ttl: "expiresAt",
  deletionProtection: isProd,
});

/** The days a bot's runs may be kept; a run's objects are under `runs/{days}d/`. */
const retentionDays = Array.from({ length: 90 }, (_, index) => index + 1);

/** What is too large for an item. */
export const payloads = new sst.aws.Bucket("Payloads", {
  // A browser posts a file with a form that the control API signed for it; nothing else is let in,
  // and from whatever page it comes, without the signature it is nothing.
  cors: { allowMethods: ["POST"], allowOrigins: ["*"], allowHeaders: ["*"] },
  // Runs go by the table's time to live; their objects by this, a day later at the earliest.
  lifecycle: retentionDays.map((days) => ({
    prefix: `runs/${days}d/`,
    expiresIn: `${days + 1} days` as const,
  })),
});
