import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import type { Answer, Target } from "./target.ts";
import { Unjudged } from "./verdict.ts";

const Made = v.object({ botId: v.string() });
const Publication = v.object({
  status: v.string(),
  endpoint: v.nullable(v.string()),
  failure: v.nullable(v.object({ message: v.string() })),
  verified: v.nullable(v.object({ result: v.string() })),
});
export type Publication = v.InferOutput<typeof Publication>;
const IssuedKey = v.object({ keyId: v.string(), value: v.string() });
const Me = v.object({ userId: v.string(), models: v.array(v.object({ name: v.string() })) });

/** The one bot that a run of the smoke test makes, and who made it. */
export class SmokeWorld {
  readonly target: Target;
  readonly title = `Smoke test ${new Date().toISOString()}`;
  readonly begunAt = Date.now();
  owner = "";
  stranger = "";
  botId = "";
  endpoint = "";
  /** Of all keys that were made, the first being the one that clients use. */
  keys: v.InferOutput<typeof IssuedKey>[] = [];
  /** The gateway's request id of a call that was answered. */
  requestId = "";

  constructor(target: Target) {
    this.target = target;
  }

  async signIn(): Promise<void> {
    this.stranger = await this.target.tokenOf([]);
    this.owner = await this.target.tokenOf(["PublishAllowed"]);
  }

  control(method: string, path: string, body?: unknown): Promise<Answer> {
    if (!this.owner) throw new Unjudged("nobody could sign in");
    return this.target.control(this.owner, method, path, body);
  }

  async me(token: string) {
    return parsed(Me, await this.target.control(token, "GET", "/me"), 200);
  }

  async makeBot(): Promise<string> {
    if (this.botId) return this.botId;
    const instruction = "You are a smoke test of Outlet. Outlet publishes bots. Answer briefly.";
    const made = await this.control("POST", "/bots", { title: this.title, instruction });
    this.botId = parsed(Made, made, 201).botId;
    const shared = await this.control("PUT", `/bots/${this.botId}/sharing`, { scope: "all" });
    if (shared.status !== 200) throw new Error(`Sharing was refused: ${shared.text}`);
    return this.botId;
  }

  get publicationPath(): string {
    if (!this.botId) throw new Unjudged("no bot could be made");
    return `/bots/${this.botId}/publication`;
  }

  async publication(): Promise<Publication> {
    return parsed(Publication, await this.control("GET", this.publicationPath), 200);
  }

  /** Waits until the publication is in one of these states. */
  reaches(states: readonly string[], withinMs: number): Promise<Publication> {
    return until(
      () => this.publication(),
      ({ status }) => states.includes(status),
      withinMs,
    );
  }

  /** Where it is published; what is asked of it cannot be judged without. */
  url(path: string): string {
    if (!this.endpoint) throw new Unjudged("the bot was not published");
    return `${this.endpoint}${path}`;
  }

  async issueKey(label: string) {
    const made = await this.control("POST", `${this.publicationPath}/keys`, { label });
    const key = parsed(IssuedKey, made, 201);
    this.keys.push(key);
    return key;
  }

  get key() {
    const [key] = this.keys;
    if (!key) throw new Unjudged("no key could be made");
    return key;
  }

  health(value: string): Promise<Answer> {
    return this.target.client(this.url("/health"), { headers: { "x-api-key": value } });
  }

  /** Deleting what is published goes on behind the answer. */
  async #removeBot(): Promise<void> {
    const path = `/bots/${this.botId}`;
    await this.control("DELETE", path);
    await until(
      () => this.control("GET", path),
      ({ status }) => status === 404,
      this.target.patienceMs.publish,
    );
  }

  /** Takes away whatever is left of the bot, whether it was published or not. */
  async cleanUp(): Promise<void> {
    try {
      if (this.botId) await this.#removeBot();
    } finally {
      await this.target.cleanUp();
    }
  }
}

/** Asks again until it holds. @throws Error where it does not in time, with what was seen last. */
export async function until<T>(
  ask: () => Promise<T>,
  holds: (value: T) => boolean,
  withinMs: number,
  everyMs = 500,
): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > giveUpAt) {
      const last = JSON.stringify(value).slice(0, 300);
      throw new Error(`Not within ${Math.round(withinMs / 1000)} s; last seen: ${last}`);
    }
    await sleep(everyMs);
  }
}

/** @throws Error where the answer is another one. */
export function parsed<S extends v.GenericSchema>(
  schema: S,
  answer: Answer,
  status: number,
): v.InferOutput<S> {
  if (answer.status !== status)
    throw new Error(`Answered ${answer.status}, not ${status}: ${answer.text.slice(0, 300)}`);
  return v.parse(v.pipe(v.string(), v.parseJson(), schema), answer.text);
}
