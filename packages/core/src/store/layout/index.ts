/**
 * Where everything lies in the table: the key of each kind of item, and the partitions of the sparse
 * indexes. No other module spells a key.
 *
 * | partition | items |
 * |---|---|
 * | `BOT#{bot}` | the bot, its tools, its sources and which index they are searched by, last test, publication, keys and webhook, what former keys were called †, which conversations were erased †, the deployer's lease |
 * | `CONV#{bot}#{client}#{conversation}` | a conversation's head and runs † |
 * | `EVENTS#{bot}#{client}#{conversation}#{run}` | what the readers of a run stream † |
 * | `RUNLOG#{bot}` | the request log: runs that have ended † |
 * | `DELIVERIES#{bot}` | what webhooks are told † |
 * | `IDEMPOTENCY#{key}` | what the requests of a key that name themselves were accepted as † |
 * | `USAGE#{bot}#{hour}`, `ROLLUP#{bot}` | the ledger, and the sums of its hours and days |
 * | `USAGE#{bot}` | of a deleted bot: whose it was |
 * | `AUDIT#{month}`, `AUDITCHAIN#{day}#{bot}`, `AUDITDAYS#{month}` | the audit log, its chains, and which there are |
 * | `SECRET#{hash}` | to which key a secret belongs |
 * | `BUDGET#BOT#{bot}`, `BUDGET#OWNER#{owner}` | what is spent and held back of a budget, an item for each period †
 * | `OWNER#{owner}` | what an owner is called, and may spend |
 * | `UPGRADES#{cell}`, `PACE#{cell}` | one item each |
 *
 * † With a time to live. An item ends when its {@link expiryAttribute} says so, whatever it is: that
 * attribute, in epoch seconds ({@link expiryAfter}), is all that a new expiring kind needs. Other
 * times go by other names, in epoch milliseconds.
 */
export * as Layout from "./index.ts";

import type { Clock, Item, Key, Value } from "../../ports/index.ts";

/** Ids that a client chooses are percent-encoded: none can run into its neighbour. */
const joined = (...ids: string[]): string => ids.map(encoded).join("#");

/** Most are ULIDs, of which nothing has to be encoded. */
const plain = /^[\w-]*$/;
const encoded = (id: string): string => (plain.test(id) ? id : encodeURIComponent(id));

export const botPartition = (botId: string): string => `BOT#${botId}`;
const ofBot = (botId: string, sk: string): Key => ({ pk: botPartition(botId), sk });

export const bot = (botId: string): Key => ofBot(botId, "BOT");
export const testRun = (botId: string): Key => ofBot(botId, "TEST");
export const publication = (botId: string): Key => ofBot(botId, "PUBLICATION");
export const deployerLease = (botId: string): Key => ofBot(botId, "DEPLOYER");
/** The secrets of the publication's webhook, and how it does. */
export const webhook = (botId: string): Key => ofBot(botId, "WEBHOOK");
/** Which index a bot is searched by. */
export const searchIndex = (botId: string): Key => ofBot(botId, "INDEX");
export const sourcePrefix = "SOURCE#";
export const source = (botId: string, sourceId: string): Key =>
  ofBot(botId, sourcePrefix + sourceId);
export const sitePrefix = "SITE#";
/** Web addresses that a bot reads on a schedule. */
export const site = (botId: string, siteId: string): Key => ofBot(botId, sitePrefix + siteId);
export const uploadPrefix = "UPLOAD#";
/** A file that is on its way to become a source. */
export const upload = (botId: string, uploadId: string): Key =>
  ofBot(botId, uploadPrefix + uploadId);
export const toolPrefix = "TOOL#";
export const tool = (botId: string, toolId: string): Key => ofBot(botId, toolPrefix + toolId);
export const keyPrefix = "KEY#";
export const key = (botId: string, keyId: string): Key => ofBot(botId, keyPrefix + keyId);
/** What a key was called that is gone: its requests are told by it. */
export const formerKeyPrefix = "FORMERKEY#";
export const formerKey = (botId: string, keyId: string): Key =>
  ofBot(botId, formerKeyPrefix + keyId);
export const secret = (hash: string): Key => ({ pk: `SECRET#${hash}`, sk: "SECRET" });
/** What is read for each request or run, and seldom written: who calls, whom, and what it is. */
export const isReadForEach = ({ pk, sk }: Key): boolean =>
  sk === "SECRET" || (pk.startsWith("BOT#") && (sk === "PUBLICATION" || sk === "BOT"));
export const owner = (ownerId: string): Key => ({ pk: `OWNER#${ownerId}`, sk: "OWNER" });
/** What an owner may spend, as an administrator set it. */
export const ownerBudget = (ownerId: string): Key => ({ pk: `OWNER#${ownerId}`, sk: "BUDGET" });

interface Address {
  botId: string;
  clientId: string;
  conversationId: string;
}

const conversationPrefix = "CONV#";
export const conversationPartition = ({ botId, clientId, conversationId }: Address): string =>
  conversationPrefix + joined(botId, clientId, conversationId);
export const head = (address: Address): Key => ({ pk: conversationPartition(address), sk: "HEAD" });
export const runPrefix = "RUN#";
export const run = (address: Address, runId: string): Key => ({
  pk: conversationPartition(address),
  sk: runPrefix + runId,
});
export const isRun = ({ pk, sk }: Key): boolean =>
  pk.startsWith(conversationPrefix) && sk.startsWith(runPrefix);

export const eventPartition = (address: Address, runId: string): string =>
  `EVENTS#${joined(address.botId, address.clientId, address.conversationId, runId)}`;
/** @param seq 0 to 9,999,999,999. */
export const event = (address: Address, runId: string, seq: number): Key => ({
  pk: eventPartition(address, runId),
  sk: String(seq).padStart(10, "0"),
});

export const runLogPartition = (botId: string): string => `RUNLOG#${botId}`;
export const runLog = (botId: string, runId: string): Key => ({
  pk: runLogPartition(botId),
  sk: runId,
});

export const deliveryPartition = (botId: string): string => `DELIVERIES#${joined(botId)}`;
export const delivery = (botId: string, deliveryId: string): Key => ({
  pk: deliveryPartition(botId),
  sk: deliveryId,
});

export const idempotency = (keyId: string, route: string, value: string): Key => ({
  pk: claimsOf(keyId),
  sk: joined(route, value),
});
/** Together, so that they can go with what they belong to. */
export const claimsOf = (keyId: string): string => `IDEMPOTENCY#${joined(keyId)}`;

/** @param hour `2026-11-22T22`, UTC. */
export const ledgerPartition = (botId: string, hour: string): string => `USAGE#${botId}#${hour}`;
/** Whose a deleted bot was: what its entries in the ledger are listed under. */
export const ledgerAccount = (botId: string): Key => ({ pk: `USAGE#${botId}`, sk: "ACCOUNT" });
const rollUpPartition = (botId: string): string => `ROLLUP#${botId}`;
/** @param hour `2026-11-22T22`, UTC. */
export const rollUpOfHour = (botId: string, hour: string): Key => ({
  pk: rollUpPartition(botId),
  sk: `H#${hour}`,
});
/** @param day `2026-11-22`, UTC. */
export const rollUpOfDay = (botId: string, day: string): Key => ({
  pk: rollUpPartition(botId),
  sk: `D#${day}`,
});

/** @param month `2026-11`, UTC. */
export const auditPartition = (month: string): string => `AUDIT#${month}`;

/** Held while one more of a kind is made: by a person, or of a bot. */
export const making = (kind: string, place: string): Key => ({
  pk: `OWNER#${joined(place)}`,
  sk: `MAKING#${kind}`,
});
/** That a signing-in is in the audit log. */
export const session = (userId: string, session: string): Key => ({
  pk: `OWNER#${userId}`,
  sk: `SESSION#${joined(session)}`,
});
/** How often a person has done something on a day (`2026-11-27`, UTC). */
export const doneToday = (userId: string, what: string, day: string): Key => ({
  pk: `OWNER#${userId}`,
  sk: `DONE#${what}#${day}`,
});

export const erasurePrefix = "ERASURE#";
/** That what a client has left of a bot is to go, or has gone. */
export const erasure = (botId: string, clientId: string): Key =>
  ofBot(botId, erasurePrefix + joined(clientId));

export const erasedPrefix = "ERASED#";
/** Where the tombstones of a conversation lie that was erased: no line of the request log says it any more. */
export const erased = ({ botId, clientId, conversationId }: Address): Key =>
  ofBot(botId, erasedPrefix + joined(clientId, conversationId));

/** Names of budgets, each a row of items under {@link budget}. */
export const budgetOf = {
  bot: (botId: string): string => `BOT#${joined(botId)}`,
  key: (botId: string, keyId: string): string => `BOT#${joined(botId)}|KEY#${joined(keyId)}#`,
  owner: (ownerId: string): string => `OWNER#${joined(ownerId)}`,
};
/** @param account by {@link budgetOf}; @param period such as `MONTH#2026-11-01`. */
export const budget = (account: string, period: string): Key => {
  const [place = "", below = ""] = account.split("|");
  return { pk: `BUDGET#${place}`, sk: below + period };
};
/** When a key that has a rate of its own may be used next. */
export const keyRate = (botId: string, keyId: string): Key => ({
  pk: budgetsOfBot(botId),
  sk: `RATE#${joined(keyId)}`,
});
/** Who waits for answers with a key. */
export const keyWaiters = (botId: string, keyId: string): Key => ({
  pk: budgetsOfBot(botId),
  sk: `WAITING#${joined(keyId)}`,
});
/** What a key that has a quota of its own has used. @param period such as `MONTH#2026-11-01`. */
export const keyQuota = (botId: string, keyId: string, period: string): Key => ({
  pk: budgetsOfBot(botId),
  sk: `QUOTA#${joined(keyId)}#${period}`,
});
/** Of a bot and of its keys, together so that they can go with it. */
export const budgetsOfBot = (botId: string): string => `BUDGET#${budgetOf.bot(botId)}`;

const chained = (botId: string | null): string => joined(botId ?? "");
/** The chain of what was done to a bot, or to none, on a day (`2026-11-27`, UTC). */
export const auditChain = (day: string, botId: string | null): string =>
  `AUDITCHAIN#${day}#${chained(botId)}`;
/** @param seq 1 to 9,999,999,999. */
export const auditRecord = (day: string, botId: string | null, seq: number): Key => ({
  pk: auditChain(day, botId),
  sk: String(seq).padStart(10, "0"),
});
/** @param month `2026-11`, UTC. */
export const auditDays = (month: string): string => `AUDITDAYS#${month}`;
export const auditDay = (day: string, botId: string | null): Key => ({
  pk: auditDays(day.slice(0, 7)),
  sk: `${day}#${chained(botId)}`,
});

export const upgradeRound = (cell: string): Key => ({ pk: `UPGRADES#${cell}`, sk: "ROUND" });
export const pace = (cell: string): Key => ({ pk: `PACE#${cell}`, sk: "PACE" });

/** Partitions of the index `listing`. */
export const listing = {
  botsOf: (ownerId: string): string => `BOTS#${ownerId}`,
  failedRunsOf: (botId: string): string => `FAILED#${botId}`,
  owners: "OWNERS",
  publications: "PUBLICATIONS",
};

/** Partitions of the index `public`. */
export const shared = { bots: "BOTS" };

/** Partitions of the index `open`: what somebody still has to see to. */
export const open = {
  /** Conversations, spread so that accepts do not all write to one partition. */
  conversations: (shard: number): string => `OPEN#${shard}`,
  publications: "DEPLOY",
  /** By when they are due. */
  deliveries: (shard: number): string => `DELIVERIES#${shard}`,
  sources: "SYNC",
  /** Budgets by when something was first held back in them. */
  budgets: "BUDGETS",
  /** What of a client is still to go. */
  erasures: "ERASURES",
  /** Sites by when they are to be visited. */
  sites: "SITES",
  /** Hours of the ledger without sums. */
  hours: "ROLLUPS",
};

/**
 * Of a conversation in {@link open}: those of one bot lie together, so that it needs no other index.
 * @param restsUntil epoch milliseconds: the sweeper lets it be until then, and its own patience more.
 */
export const openConversation = (botId: string, restsUntil: number): string =>
  openConversationsOf(botId) + sortable(restsUntil);
export const openConversationsOf = (botId: string): string => `${joined(botId)}#`;
/** @returns epoch milliseconds. */
export const restsUntilOf = (openSk: string): number => Number(openSk.split("#").at(-1));

/** The attributes that put an item into an index. */
export const inListing = (pk: string, sk: string) => ({ listingPk: pk, listingSk: sk });
export const inShared = (pk: string, sk: string) => ({ publicPk: pk, publicSk: sk });
export const inOpen = (pk: string, sk: string) => ({ openPk: pk, openSk: sk });
export const sharedNames = ["publicPk", "publicSk"];
export const openNames = ["openPk", "openSk"];
export const listingNames = ["listingPk", "listingSk"];

/** Epoch milliseconds in a form that sorts as text. */
export const sortable = (epochMs: number): string => String(Math.max(0, epochMs)).padStart(15, "0");

/** The table's time-to-live attribute: epoch seconds, after which an item may go at any time. */
export const expiryAttribute = "expiresAt";

/** @returns epoch seconds. */
export const expiryAfter = (clock: Clock, seconds: number): number =>
  Math.ceil(clock.now() / 1000) + seconds;

/** Whether the time of an item, if it has one, is over. */
export const isOver = (clock: Clock, { expiresAt }: { expiresAt?: Value } | Item): boolean =>
  typeof expiresAt === "number" && expiresAt * 1000 < clock.now();
