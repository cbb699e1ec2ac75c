import { signIn } from "../sign-in/sign-in.ts";
import type { Ready } from "../runtime/ready-file.ts";

export interface Step {
  name: string;
  ok: boolean;
  ms: number;
  status?: number;
  detail?: string;
}

export interface Answer {
  question: string;
  answer: string;
}

export interface Demo {
  endpoint: string | null;
  answers: Answer[];
}

interface Tools {
  ready: Ready;
  documents: { name: string; text: string }[];
  /** Does a step and notes it; `undefined` where it failed. */
  run<T>(name: string, act: () => Promise<T>): Promise<T | undefined>;
  /** Filled as the demo goes on. */
  demo: Demo;
  showAnswer(answer: Answer): void;
}

/** What an HTTP call brought, for the step's own report. */
interface Reply<T> {
  status: number;
  body: T;
}

const title = "Demo bot";
const questions = [
  "What is Outlet?",
  "How do I run it on my machine?",
  "What does it consist of on AWS?",
];
/** What an answer begins with, as its instruction says. */
const greetings = ["Welcome aboard.", "Ahoy!"] as const;
const instruction = (greeting: string) =>
  `Answer from the documentation and quote it. Begin with "${greeting}"`;

/** @returns whether every step held; stops at the first that did not. */
export async function runDemo(tools: Tools): Promise<boolean> {
  const { ready, demo } = tools;
  const run: Tools["run"] = (name, act) => tools.run(name, act);
  const tokens = await run("sign in as the owner", () => signInAsOwner(ready));
  if (!tokens) return false;
  const control = controlApi(ready, tokens.accessToken);
  const bot = await run("create a bot", () =>
    control<{ botId: string }>("POST", "/bots", 201, {
      title,
      instruction: instruction(greetings[0]),
    }),
  );
  if (!bot) return false;
  const path = `/bots/${bot.body.botId}`;
  const knows = await run("give it this project's README and docs", async () => {
    for (const document of tools.documents)
      await control("POST", `${path}/knowledge`, 201, document);
    return { status: 201 };
  });
  const synced = knows && (await run("wait until it has read them", () => sync(control, path)));
  const shared =
    synced &&
    (await run("share it with everyone", () =>
      control("PUT", `${path}/sharing`, 200, { scope: "all" }),
    ));
  if (!shared) return false;

  const begin = performance.now();
  const endpoint = await run("publish it", () => publish(control, path));
  if (!endpoint) return false;
  demo.endpoint = endpoint;
  const key = await run("create a key", () =>
    control<{ value: string }>("POST", `${path}/publication/keys`, 201, { label: "Demo" }),
  );
  if (!key) return false;
  const ask = published(endpoint, key.body.value);
  const first = await run("first request is accepted", () => ask.post(questions[0] ?? ""));
  const toFirstRequest = performance.now() - begin;
  const inTime = await run("publish to first accepted request takes under 1 s", async () => {
    if (toFirstRequest < 1_000) return true;
    throw new Error(`It took ${Math.round(toFirstRequest)} ms.`);
  });
  if (!first || !inTime) return false;

  const { conversationId } = first.body;
  const talk = async (name: string, question: string, messageId?: string) => {
    const answer = await run(name, async () => {
      const id = messageId ?? (await ask.post(question, conversationId)).body.messageId;
      return ask.poll(conversationId, id);
    });
    if (!answer) return undefined;
    demo.answers.push({ question, answer: answer.body });
    tools.showAnswer({ question, answer: answer.body });
    return answer.body;
  };
  const answers = [
    await talk("read the first answer", questions[0] ?? "", first.body.messageId),
    await talk("ask a second question in the same conversation", questions[1] ?? ""),
  ];
  if (answers.includes(undefined)) return false;

  const edited = await run("edit the bot's instruction", () =>
    control("PATCH", path, 200, { instruction: instruction(greetings[1]) }),
  );
  const next = edited && (await talk("the next answer follows it", questions[2] ?? ""));
  if (!next) return false;
  const follows = await run("the answers differ as the instructions do", async () => {
    const [before] = answers;
    if (before?.includes(greetings[0]) && next.includes(greetings[1])) return true;
    throw new Error("The answers do not show the instruction they were given under.");
  });
  if (!follows) return false;

  const unpublished = await run("unpublish it", () => unpublish(control, path));
  const gone = unpublished && (await run("its endpoint answers 404", () => ask.expectGone()));
  const cleaned = gone && (await run("delete the bot", () => remove(control, path)));
  return cleaned !== undefined;
}

function signInAsOwner(ready: Ready) {
  const owner = ready.users.find((user) => user.name === "owner");
  if (!owner) throw new Error("ready.json names no user called owner.");
  return signIn({ issuer: ready.issuer, user: owner.name, password: owner.password });
}

type Control = ReturnType<typeof controlApi>;

/** Calls the control API; any other status than the expected one is an error in its own words. */
function controlApi(ready: Ready, accessToken: string) {
  return async <T>(method: string, path: string, expected: number, body?: unknown) => {
    const response = await fetch(ready.controlApiUrl + path, {
      method,
      signal: patience(),
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return read<T>(`${method} /api${path}`, response, expected);
  };
}

async function sync(control: Control, path: string): Promise<Reply<unknown>> {
  for (let tries = 0; tries < 500; tries++) {
    const reply = await control<{
      syncStatus: string;
      sources: { name: string; failure: string | null }[];
    }>("GET", `${path}/knowledge`, 200);
    if (reply.body.syncStatus === "SUCCEEDED") return reply;
    const failed = reply.body.sources.find((source) => source.failure !== null);
    if (failed) throw new Error(`${failed.name}: ${failed.failure}`);
    await pause(20);
  }
  throw new Error("Its documents were not read within 10 s.");
}

async function publish(control: Control, path: string): Promise<string> {
  await control("POST", `${path}/publication`, 202, {});
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await control<{
      status: string;
      endpoint: string | null;
      failure: { message: string } | null;
    }>("GET", `${path}/publication`, 200);
    if (body.status === "published" && body.endpoint) return body.endpoint;
    if (body.status === "failed") throw new Error(body.failure?.message ?? "Publishing failed.");
    await pause(20);
  }
  throw new Error("It was not published within 10 s.");
}

async function unpublish(control: Control, path: string): Promise<Reply<unknown>> {
  const accepted = await control("DELETE", `${path}/publication`, 202, { title });
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await control<{ status: string }>("GET", `${path}/publication`, 200);
    if (body.status === "unpublished") return accepted;
    await pause(20);
  }
  throw new Error("It was not unpublished within 10 s.");
}

/** A bot that had clients goes with all that they said, piece by piece. */
async function remove(control: Control, path: string): Promise<Reply<unknown>> {
  await control("DELETE", path, 202);
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await control<{ bots: { botId: string }[] }>(
      "GET",
      "/bots?of=me&limit=100",
      200,
    );
    if (!body.bots.some(({ botId }) => path.endsWith(botId))) return { status: 404, body: null };
    await pause(20);
  }
  throw new Error("It was not deleted within 10 s.");
}

interface Pending {
  status: string;
  message?: { content: { contentType: string; body?: string }[] };
}

/** Calls the bot's own endpoint, as any program would. */
function published(endpoint: string, apiKey: string) {
  const headers = { "x-api-key": apiKey, "content-type": "application/json" };
  return {
    async post(text: string, conversationId?: string) {
      const message = { content: [{ contentType: "text", body: text }] };
      const response = await fetch(`${endpoint}/conversation`, {
        method: "POST",
        signal: patience(),
        headers,
        body: JSON.stringify({ message, ...(conversationId ? { conversationId } : {}) }),
      });
      return read<{ conversationId: string; messageId: string }>(
        "POST /conversation",
        response,
        200,
      );
    },
    async poll(conversationId: string, messageId: string): Promise<Reply<string>> {
      for (let tries = 0; tries < 600; tries++) {
        const url = `${endpoint}/conversation/${conversationId}/${messageId}`;
        const response = await fetch(url, { headers, signal: patience() });
        if (response.status !== 202) {
          const { status, body } = await read<Pending>("GET the answer", response, 200);
          const parts = body.message?.content ?? [];
          return { status, body: parts.map((part) => part.body ?? "").join("\n") };
        }
        await response.body?.cancel();
        await pause(50);
      }
      throw new Error("No answer came within 30 s.");
    },
    async expectGone(): Promise<Reply<unknown>> {
      const response = await fetch(`${endpoint}/health`, { headers, signal: patience() });
      return read("GET /health", response, 404);
    },
  };
}

async function read<T>(what: string, response: Response, expected: number): Promise<Reply<T>> {
  const text = await response.text();
  if (response.status !== expected) {
    throw new Error(`${what} answered ${response.status} instead of ${expected}: ${text}`);
  }
  return { status: response.status, body: (text ? JSON.parse(text) : null) as T };
}

/** An Outlet that stands still must not keep the demo waiting for ever. */
const patience = (): AbortSignal => AbortSignal.timeout(30_000);

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
