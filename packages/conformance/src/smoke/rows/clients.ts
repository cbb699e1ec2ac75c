import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import type { Answer } from "../target.ts";
import { fail, judged, type Row, type Sight } from "../verdict.ts";
import { parsed, type SmokeWorld, until } from "../world.ts";

const Sent = v.object({ conversationId: v.string(), messageId: v.string() });
const mega = 1_000_000;

/** What clients of the published endpoint meet. */
export const clientRows: Row<SmokeWorld>[] = [
  {
    id: "key_opens",
    claim: "A new key opens the endpoint within a minute",
    expected: "200 within 60 s",
    look: keyOpens,
  },
  {
    id: "key_closes",
    claim: "A deleted key is refused within a minute",
    expected: "403 within 60 s",
    look: keyCloses,
  },
  {
    id: "answered",
    claim: "A message is answered",
    expected: "200, then the answer",
    look: isAnswered,
  },
  {
    id: "bodies",
    claim: "Bodies are taken or refused by their size, never lost",
    expected: "5.9 MB reaches the app; 10.5 MB is 413; 6.5 MB is answered, not by a 5xx",
    look: bodies,
  },
  {
    id: "update",
    claim: "A change of limits keeps URL and keys",
    expected: "the same endpoint, and the key is known",
    look: keepsUrlAndKeys,
  },
  {
    id: "rate",
    claim: "Over the rate a client is told so",
    expected: '429 {"message":"Too Many Requests"} with Retry-After',
    look: overRate,
  },
  {
    id: "quota",
    claim: "Over the quota a client is told so",
    expected: '429 {"message":"Limit Exceeded"} with x-should-retry: false',
    look: overQuota,
  },
];

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function keyOpens(world: SmokeWorld): Promise<Sight> {
  world.url("/");
  const begun = performance.now();
  const { value } = await world.issueKey("Smoke, timed");
  const { status } = await until(
    () => world.health(value),
    (answer) => answer.status === 200,
    world.target.patienceMs.key,
    250,
  );
  return judged(status === 200, `200 after ${seconds(begun)}`);
}

async function keyCloses(world: SmokeWorld): Promise<Sight> {
  world.url("/");
  const { keyId, value } = await world.issueKey("Smoke, revoked");
  const within = world.target.patienceMs.key;
  await until(
    () => world.health(value),
    ({ status }) => status === 200,
    within,
    250,
  );
  const path = `${world.publicationPath}/keys/${keyId}`;
  const removed = await world.control("DELETE", path);
  if (removed.status !== 204) return fail(`deleting it answered ${removed.status}`);
  const begun = performance.now();
  await until(
    () => world.health(value),
    ({ status }) => status === 403,
    within,
    250,
  );
  return judged(true, `403 after ${seconds(begun)}`);
}

const send = (world: SmokeWorld, text: string, headers: Record<string, string> = {}) =>
  world.target.client(world.url("/conversation"), {
    method: "POST",
    headers: { "x-api-key": world.key.value, "content-type": "application/json", ...headers },
    body: JSON.stringify({ message: { content: [{ contentType: "text", body: text }] } }),
  });

async function isAnswered(world: SmokeWorld): Promise<Sight> {
  const begun = performance.now();
  const sent = await send(world, "What does Outlet publish?");
  world.requestId = sent.headers["x-amzn-requestid"] ?? "";
  const { conversationId, messageId } = parsed(Sent, sent, 200);
  const url = world.url(`/conversation/${conversationId}/${messageId}`);
  const headers = { "x-api-key": world.key.value };
  const answer = await until(
    () => world.target.client(url, { headers }),
    ({ status }) => status !== 202,
    90_000,
  );
  return judged(answer.status === 200, `${answer.status} after ${seconds(begun)}`);
}

async function bodies(world: SmokeWorld): Promise<Sight> {
  const seen: Record<string, Answer> = {};
  for (const size of [5.9, 6.5, 10.5]) seen[size] = await send(world, "x".repeat(size * mega));
  const told = Object.entries(seen).map(([size, { status }]) => `${size} MB: ${status}`);
  const reached = seen["5.9"];
  const isWell =
    reached !== undefined &&
    reached.status < 500 &&
    reached.status !== 413 &&
    (seen["6.5"]?.status ?? 500) < 500 &&
    seen["10.5"]?.status === 413;
  return judged(isWell, told.join(", "));
}

async function keepsUrlAndKeys(world: SmokeWorld): Promise<Sight> {
  const { endpoint } = world;
  const changes = {
    throttle: { rateLimit: 2, burstLimit: 2 },
    quota: { limit: 8, period: "DAY" },
  };
  const accepted = await world.control("PATCH", world.publicationPath, changes);
  if (accepted.status !== 202) return fail(`refused: ${accepted.text.slice(0, 300)}`);
  const after = await world.reaches(["published", "failed"], world.target.patienceMs.publish);
  if (after.failure) return fail(after.failure.message);
  const { status } = await world.health(world.key.value);
  const isKnown = status === 200 || status === 429;
  return judged(after.endpoint === endpoint && isKnown, `${after.endpoint}, the key met ${status}`);
}

/** A key of its own: what was used of another's quota does not count. */
async function limitedKey(world: SmokeWorld): Promise<string> {
  const { value } = await world.issueKey("Smoke, limited");
  await until(
    () => world.health(value),
    ({ status }) => status !== 403,
    world.target.patienceMs.key,
    1_000,
  );
  return value;
}

const says = (answer: Answer, message: string): boolean =>
  answer.status === 429 && answer.text === JSON.stringify({ message });

const toldOf = ({ status, text, headers }: Answer, header: string): string =>
  `${status} ${text.slice(0, 100)}, ${header}: ${headers[header] ?? "absent"}`;

async function overRate(world: SmokeWorld): Promise<Sight> {
  const value = await limitedKey(world);
  const burst = async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => world.health(value)));
    return answers.find(({ status }) => status === 429) ?? answers[0];
  };
  const refused = await until(
    burst,
    (answer) => answer?.status === 429,
    world.target.patienceMs.limits,
    1_000,
  );
  if (!refused) return fail("no answer");
  const isTold = says(refused, "Too Many Requests") && Number(refused.headers["retry-after"]) > 0;
  // A burst that used the quota up is told of that: the other row's.
  const isQuota = says(refused, "Limit Exceeded");
  return judged(isTold && !isQuota, toldOf(refused, "retry-after"));
}

async function overQuota(world: SmokeWorld): Promise<Sight> {
  const value = await limitedKey(world);
  const next = async () => {
    await sleep(600);
    return world.health(value);
  };
  const refused = await until(
    next,
    ({ status, text }) => status === 429 && !text.includes("Too Many"),
    world.target.patienceMs.limits,
    0,
  );
  const isTold = says(refused, "Limit Exceeded") && refused.headers["x-should-retry"] === "false";
  return judged(isTold, toldOf(refused, "x-should-retry"));
}
