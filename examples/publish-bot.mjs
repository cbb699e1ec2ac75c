// Creates and publishes a bot, or brings the one of that title up to date: for CI. Node 18 or newer.
//
//   OUTLET_URL            where the console is: https://outlet.example.com
//   OUTLET_TOKEN          an access token of the machine's user (`npm run token` on this machine)
//   OUTLET_REFRESH_TOKEN  or its refresh token, with OUTLET_ISSUER and OUTLET_CLIENT_ID
//
// It prints one line of JSON: the bot's id, its endpoint and, where the bot is new, its first key.
import { readFile } from "node:fs/promises";

const base = process.env.OUTLET_URL?.replace(/\/$/, "");
const bot = {
  title: process.env.BOT_TITLE ?? "Handbook",
  instruction: "Answer from the handbook. Say so where it does not say.",
};
const knowledgeFile = process.env.BOT_KNOWLEDGE;

function required(name) {
  const value = process.env[name];
  if (value) return value;
  console.error(`${name} is missing. See the first lines of this file.`);
  process.exit(2);
}
if (!base) required("OUTLET_URL");

/** A machine has no browser: its refresh token, from signing in once, is its secret in CI. */
async function accessToken() {
  if (process.env.OUTLET_TOKEN) return process.env.OUTLET_TOKEN;
  const refreshToken = required("OUTLET_REFRESH_TOKEN");
  const found = await fetch(`${required("OUTLET_ISSUER")}/.well-known/openid-configuration`);
  const { token_endpoint } = await found.json();
  const answer = await fetch(token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "refresh_token",
      client_id: required("OUTLET_CLIENT_ID"),
      refresh_token: refreshToken,
    }),
  });
  if (!answer.ok) throw new Error(`No access token: HTTP ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access_token;
}
const token = await accessToken();

async function call(method, path, body) {
  const answer = await fetch(`${base}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status} ${text}`);
  // The test of a bot is answered with events, and says at its end whether it passed.
  return answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
}

/** Asks again until it is as it should be, ten minutes at most. */
async function until(what, read, isDone) {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await read();
    if (isDone(found)) return found;
    await new Promise((done) => setTimeout(done, 1000));
  }
  throw new Error(`${what} did not end within ten minutes.`);
}

const mine = await call("GET", "/bots?of=me&limit=100");
const known = mine.bots.find(({ title }) => title === bot.title);
const { botId } = known
  ? await call("PATCH", `/bots/${known.botId}`, bot)
  : await call("POST", "/bots", bot);
const path = `/bots/${botId}`;

if (knowledgeFile) {
  const { sources } = await call("GET", `${path}/knowledge`);
  for (const { sourceId } of sources) await call("DELETE", `${path}/knowledge/${sourceId}`);
  const text = await readFile(knowledgeFile, "utf8");
  await call("POST", `${path}/knowledge`, { name: "handbook.md", text });
  await until(
    "Reading",
    () => call("GET", path),
    (now) => /SUCCEEDED|FAILED/.test(now.syncStatus),
  );
}

const events = await call("POST", `${path}/test`, {
  messages: [{ role: "user", text: process.env.BOT_QUESTION ?? "What do you know?" }],
});
if (!/^event: done$/m.test(events)) throw new Error(`The test did not pass:\n${events}`);

const before = await call("GET", `${path}/publication`);
const isThere = ["published", "paused"].includes(before.status);
if (!isThere) {
  await call("PUT", `${path}/sharing`, { scope: "all" });
  await call("POST", `${path}/publication`, {});
}
const publication = await until(
  "Publishing",
  () => call("GET", `${path}/publication`),
  ({ status }) => ["published", "paused", "failed"].includes(status),
);
if (publication.status === "failed") throw new Error(JSON.stringify(publication.failure));
const key = isThere
  ? undefined
  : (await call("POST", `${path}/publication/keys`, { label: "From CI" })).value;
console.log(JSON.stringify({ botId, endpoint: publication.endpoint, key }));
