import * as v from "valibot";
import {
  absent,
  any,
  below,
  equals,
  type Item,
  type Key,
  nodeCrypto,
  type Table,
} from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Bell from "../bell/index.ts";
import type { Address, Run } from "../run/index.ts";
import {
  type AcceptDeps,
  type Accepted,
  accept,
  busy,
  deletedSince,
  headOf,
  holdAgain,
  look,
  type Message,
  newIds,
  putHeld,
} from "./accept.ts";
import * as Mailbox from "./mailbox.ts";
import * as Removal from "./removal.ts";
import * as Layout from "../../store/layout/index.ts";

/** A request that its client may send again: `Idempotency-Key` and what it came with. */
export interface Request {
  keyId: string;
  /** Method and path template: one value may be used on several routes. */
  route: string;
  value: string;
  body: string | Uint8Array;
  /** To be used if it is new, of whoever names a conversation after its message. */
  ids?: Accepted;
}

const Claim = v.object({
  runId: v.string(),
  answerId: v.string(),
  conversationId: v.string(),
  bodyHash: v.string(),
  /** Of the mailbox, when the claim was made: what was claimed before a deletion goes with it. */
  doomedToken: v.optional(v.number(), 0),
  /** Known to have been accepted. */
  accepted: v.boolean(),
  /** Epoch seconds. */
  expiresAt: v.number(),
});
type Claim = v.InferOutput<typeof Claim>;

const lifetimeSeconds = 86_400;
const triesMax = 8;

/** A message that was accepted, now or by an earlier request. */
export interface Sent {
  /** Where it lies: for a replay, the conversation that it went to the first time. */
  address: Address;
  runId: string;
  /** The run as it is now, where this request had come before. */
  replayed: Run.State | null;
}

/**
 * Accepts a message once, however often its request comes. The first one claims the key and names
 * the ids to use; whoever retries finds them and repeats the same conditional put and append.
 * @param check makes the message, or throws where it cannot be accepted: not asked for a replay, for
 *   what was right then may not be so now.
 * @throws ProblemError `idempotency_key_reuse` for another body, `not_found` where what was accepted
 *   has been deleted since.
 */
export async function acceptOnce(
  deps: AcceptDeps,
  request: Request,
  address: Address,
  check: () => Promise<Message>,
): Promise<Sent> {
  const known = await find(deps, request);
  const message = known ? undefined : await check();
  const { claim, mine } = known ?? (await take(deps, request, address));
  const target = { ...address, conversationId: claim.conversationId };
  const { doomedToken } = claim;
  if (message && mine) await accept(deps, target, message, { ...claim, seen: { doomedToken } });
  const replayed = mine ? null : await repeat(deps, claim, target, check);
  if (!claim.accepted) await confirm(deps, request, claim);
  return { address: target, runId: claim.runId, replayed };
}

/**
 * The claim of an earlier request.
 * @throws ProblemError `idempotency_key_reuse`
 */
async function find(
  deps: AcceptDeps,
  request: Request,
): Promise<{ claim: Claim; mine: false } | undefined> {
  const item = await deps.table.get(keyOf(request));
  if (!item) return undefined;
  const claim = v.parse(Claim, item);
  if (claim.expiresAt * 1000 <= deps.clock.now()) return undefined;
  if (claim.bodyHash !== hashOf(request)) {
    throw new Problem.ProblemError("idempotency_key_reuse", {
      message: "This Idempotency-Key came with another body before. Use a new one.",
      param: "Idempotency-Key",
    });
  }
  return { claim, mine: false };
}

async function take(
  deps: AcceptDeps,
  request: Request,
  address: Address,
): Promise<{ claim: Claim; mine: boolean }> {
  const { doomedToken } = Mailbox.seen(await Mailbox.read(deps.table, address));
  const now = deps.clock.now();
  const fresh: Claim = {
    ...(request.ids ?? newIds(deps)),
    conversationId: address.conversationId,
    bodyHash: hashOf(request),
    doomedToken,
    accepted: false,
    expiresAt: Layout.expiryAfter(deps.clock, lifetimeSeconds),
  };
  const item: Item = { ...keyOf(request), ...fresh };
  const free = any(absent("pk"), below("expiresAt", Math.floor(now / 1000) + 1));
  for (let tries = 0; tries < triesMax; tries++) {
    if (await deps.table.put(item, free)) return { claim: fresh, mine: true };
    const found = await find(deps, request);
    // The SDK repeats a put whose answer was lost: then it finds its own.
    if (found) return { claim: found.claim, mine: found.claim.runId === fresh.runId };
  }
  throw changing();
}

/**
 * The run of an earlier request; put and appended now if that one died before. A run that has been
 * answered must not be appended again, nor one brought back that was deleted.
 */
async function repeat(
  deps: AcceptDeps,
  claim: Claim,
  address: Address,
  check: () => Promise<Message>,
): Promise<Run.State> {
  let message: Message | undefined;
  for (let tries = 0; tries < triesMax; tries++) {
    const { run, arrived, removing, seen } = await look(deps.table, address, claim.runId);
    if (removing) {
      await Removal.end(deps, removing);
      continue;
    }
    if (run && arrived) return run;
    const isGone = seen.doomedToken !== claim.doomedToken || (!run && claim.accepted);
    if (isGone) throw deletedSince(address, claim.runId);
    message ??= await check();
    if (run) await holdAgain(deps, run, message);
    else await putHeld(deps, address, message, { ...claim, sender: deps.ids.ulid() });
    const options = { ...headOf(deps, message), seen };
    const appended = await Mailbox.append(deps, address, claim.runId, options);
    if (appended.outcome === "full") throw busy(deps.policy.openMax);
    if (appended.outcome === "removing") await Removal.end(deps, appended.head);
    if (appended.outcome === "open") await Bell.ringOrWarn(deps, address, { runId: claim.runId });
  }
  throw changing();
}

/** Later retries need not look any more whether it was accepted. */
async function confirm(deps: AcceptDeps, request: Request, { runId }: Claim): Promise<void> {
  try {
    await deps.table.update(keyOf(request), { set: { accepted: true } }, equals("runId", runId));
  } catch (cause) {
    deps.log.warn("idempotency key not confirmed; a retry finds the run all the same", {
      runId,
      cause,
    });
  }
}

/** Removes what was claimed under a key. */
export async function forgetClaims(table: Table, keyId: string): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await table.query({ pk: Layout.claimsOf(keyId), limit: 100, cursor });
    await Promise.all(page.items.map(({ pk, sk }) => table.remove({ pk, sk })));
    cursor = page.cursor;
  } while (cursor !== undefined);
}

const changing = () =>
  new Problem.ProblemError("conflict", {
    message: "The same request is being handled. Repeat it.",
    retryAfter: 1,
  });

const hashOf = ({ body }: Request): string =>
  nodeCrypto().createHash("sha256").update(body).digest("base64url");

const keyOf = ({ keyId, route, value }: Request): Key => Layout.idempotency(keyId, route, value);
