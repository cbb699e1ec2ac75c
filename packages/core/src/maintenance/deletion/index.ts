/**
 * The end of a bot that had clients: their conversations with every object, the request log, what
 * was claimed for repeated requests, knowledge, the secrets of tools, what its keys were called, and
 * at last the bot. The ledger and the audit log stay: they say what was done and what it cost, and
 * nothing that was said.
 *
 * It is done a piece at a time, by whoever carries out the act of deleting (`publishing/deployer`).
 * What is left is what there still is, so it can be broken off anywhere and taken up by anybody.
 */
export * as Deletion from "./index.ts";

import * as Bot from "../../bots/bot/index.ts";
import * as Knowledge from "../../bots/knowledge/index.ts";
import * as Erasure from "../erasure/index.ts";
import * as Conversation from "../../conversations/conversation/index.ts";
import * as Delivery from "../../conversations/delivery/index.ts";
import * as RequestLog from "../../conversations/request-log/index.ts";
import * as Budget from "../../publishing/budget/index.ts";
import * as Key from "../../publishing/key/index.ts";
import type { Clock, ObjectStore, SecretStore, Table, VectorStore } from "../../ports/index.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  secrets: Pick<SecretStore, "removeAll">;
  /** Where vectors of passages lie that are not in the index. */
  vectors?: Pick<VectorStore, "removeAll"> | undefined;
  clock: Clock;
}

/** A piece takes about so long at most, whatever a bot has gathered. */
const pieceMs = 3_000;
/** Runs looked up at a time. */
const pageSize = 25;

/**
 * Removes a piece of what there is of a bot whose keys have been withdrawn.
 * @returns whether nothing was left: the bot itself is gone with that. Else there is more, or somebody
 *   who was at work on it may have left something: it has to be looked at again.
 */
export async function purge(deps: Deps, botId: string): Promise<boolean> {
  const until = deps.clock.now() + pieceMs;
  let removed = 0;
  for (const head of await Conversation.Mailbox.listOpenOf(deps.table, botId)) {
    await Conversation.Removal.erase(deps, head);
    removed += 1;
    if (deps.clock.now() > until) return false;
  }
  for (const removePage of [
    () => removeLogged(deps, botId),
    () => Delivery.removeSome(deps.table, botId, pageSize),
    () => Erasure.removeTombstones(deps, botId, pageSize),
  ]) {
    for (;;) {
      const gone = await removePage();
      removed += gone;
      if (gone === 0) break;
      if (deps.clock.now() > until) return false;
    }
  }
  if (removed > 0) return false;
  await Budget.removeOfBot(deps.table, botId);
  await Erasure.forget(deps.table, botId);
  await Key.forgetFormer(deps.table, botId);
  await Knowledge.removeAll(deps, botId);
  await deps.secrets.removeAll(botId);
  await Bot.remove(deps.table, botId);
  return true;
}

/** Each entry last: until then it says where something may lie. @returns how many there were. */
async function removeLogged(deps: Deps, botId: string): Promise<number> {
  const { entries } = await RequestLog.list(deps.table, botId, { limit: pageSize });
  const conversations = new Map(entries.map((entry) => [JSON.stringify(addressOf(entry)), entry]));
  for (const entry of conversations.values()) {
    await Conversation.Removal.erase(deps, addressOf(entry));
  }
  const keyIds = new Set(entries.map(({ keyId }) => keyId));
  for (const keyId of keyIds) await Conversation.forgetClaims(deps.table, keyId);
  await Promise.all(entries.map((entry) => RequestLog.remove(deps.table, entry)));
  return entries.length;
}

const addressOf = ({ botId, clientId, conversationId }: RequestLog.Entry) => ({
  botId,
  clientId,
  conversationId,
});
