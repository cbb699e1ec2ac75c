import * as v from "valibot";
import type { Answer } from "../target.ts";
import { fail, judged, pass, type Row, type Sight, unknown } from "../verdict.ts";
import type { SmokeWorld } from "../world.ts";

const Me = v.pipe(v.string(), v.parseJson(), v.object({ userId: v.string() }));
/** Requests of each of two users, side by side. */
const requests = 15;
/** How long a long answer has to last: longer than a gateway waits by default, and than a proxy. */
const longMs = 35_000;

/** What users of the console meet. */
export const consoleRows: Row<SmokeWorld>[] = [
  {
    id: "sign_in",
    claim: "Users sign in, and only members of PublishAllowed publish",
    expected: "401 without a token, 403 publish_not_allowed without the group",
    look: signsIn,
  },
  {
    id: "not_mixed",
    claim: "Two users' answers are never mixed, and no cache keeps them",
    expected: "each its own, cache-control no-store, x-cache never a hit",
    look: neverMixed,
  },
  {
    id: "first_byte",
    claim: "A stream says something at once",
    expected: "the first byte within 10 s, and the answer's end",
    look: firstByte,
  },
  {
    id: "long_answer",
    claim: "A test answer of 35 s arrives whole",
    expected: "the event done after 35 s or more",
    look: longAnswer,
  },
  {
    id: "models",
    claim: "Each allowed model answers",
    expected: "the event done from every one",
    look: everyModel,
  },
];

async function signsIn(world: SmokeWorld): Promise<Sight> {
  await world.signIn();
  const { target, owner, stranger } = world;
  const anonymous = await target.control("", "GET", "/me");
  if (anonymous.status !== 401) return fail(`without a token: ${anonymous.status}`);
  const made = await target.control(stranger, "POST", "/bots", { title: world.title });
  const { botId } = v.parse(v.object({ botId: v.string() }), JSON.parse(made.text));
  const refused = await target.control(stranger, "POST", `/bots/${botId}/publication`, {});
  await target.control(stranger, "DELETE", `/bots/${botId}`);
  await world.makeBot();
  await world.me(owner);
  const isRefused = refused.status === 403 && refused.text.includes("publish_not_allowed");
  return judged(isRefused, `401; outside the group ${refused.status}`);
}

async function neverMixed(world: SmokeWorld): Promise<Sight> {
  const tokens = [world.owner, world.stranger];
  const ids = await Promise.all(tokens.map(async (token) => (await world.me(token)).userId));
  const rounds = Array.from({ length: requests }, () =>
    tokens.map(async (token, i) => {
      const answer = await world.target.control(token, "GET", "/me");
      return faultOf(answer, ids[i] ?? "");
    }),
  );
  const refused = await world.target.control(world.owner, "GET", "/bots/01NOSUCHBOT");
  const faults = [...(await Promise.all(rounds.flat())), cachedFault(refused)].filter(Boolean);
  const [first] = faults;
  return first === undefined
    ? pass(`${requests * 2} answers, each its own`)
    : fail(`${faults.length} of ${requests * 2 + 1}: ${first}`);
}

function faultOf(answer: Answer, userId: string): string {
  if (answer.status !== 200) return `status ${answer.status}`;
  const seen = v.parse(Me, answer.text).userId;
  return seen === userId ? cachedFault(answer) : `another user's answer (${seen})`;
}

function cachedFault({ headers }: Answer): string {
  const control = headers["cache-control"] ?? "";
  if (!/\bno-store\b/.test(control)) return `cache-control ${control || "absent"}`;
  return /\bhit\b/i.test(headers["x-cache"] ?? "") ? `x-cache ${headers["x-cache"]}` : "";
}

const ask = (world: SmokeWorld, text: string) =>
  world.target.stream(world.owner, `/bots/${world.botId}/test`, {
    messages: [{ role: "user", text }],
  });

const isWhole = (text: string): boolean => /event: done\ndata: .*\n\n/.test(text);

async function firstByte(world: SmokeWorld): Promise<Sight> {
  await world.makeBot();
  const { status, text, firstMs } = await ask(world, "What does Outlet publish?");
  if (status !== 200 || !isWhole(text)) return fail(`${status}, ended with ${text.slice(-200)}`);
  if (firstMs === undefined) return unknown("the answer came in one piece");
  return judged(firstMs <= 10_000, `first byte after ${firstMs} ms, whole`);
}

async function longAnswer(world: SmokeWorld): Promise<Sight> {
  await world.makeBot();
  const begun = performance.now();
  const { text } = await ask(
    world,
    "Count from 1 to 1500 in words, one number a line. Do not stop.",
  );
  const ms = performance.now() - begun;
  const took = `${(ms / 1000).toFixed(1)} s`;
  if (!isWhole(text)) return fail(`broken off after ${took}: ${text.slice(-200)}`);
  return ms >= longMs ? pass(`whole after ${took}`) : unknown(`whole, but took ${took} only`);
}

async function everyModel(world: SmokeWorld): Promise<Sight> {
  await world.makeBot();
  const { models } = await world.me(world.owner);
  const faults: string[] = [];
  for (const { name } of models) {
    const changed = await world.control("PATCH", `/bots/${world.botId}`, { model: name });
    if (changed.status !== 200) faults.push(`${name}: ${changed.text.slice(0, 200)}`);
    const { text } = await ask(world, "Say yes.");
    if (!isWhole(text)) faults.push(`${name}: ${text.slice(-300)}`);
  }
  const [first] = models;
  if (first) await world.control("PATCH", `/bots/${world.botId}`, { model: first.name });
  return faults.length > 0
    ? fail(faults.join("; "))
    : pass(models.map(({ name }) => name).join(", "));
}
