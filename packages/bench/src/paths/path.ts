import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Something that accepts messages, in processes of its own. */
export interface Path {
  /** Where it is sent to, and with what. */
  accept: { url: string; headers: Record<string, string>; body: string; expect: number };
  health: { url: string; headers: Record<string, string> };
  /** As OpenAI's clients ask, where it knows their API. */
  chat?: Path["accept"];
  /** Of each of its processes, by what it does. */
  pids: Record<string, number>;
  stop(): Promise<void>;
}

/** Asks a child to end, and waits until it has. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

export const question = (text: string): string =>
  JSON.stringify({ message: { content: [{ contentType: "text", body: text }] } });

/** The one key that contestants other than Outlet are called with. */
export const key = "bench-key-of-everybody";

/** @param base of an API as OpenAI's clients know it. */
export const chat = (
  base: string,
  headers: Record<string, string>,
  model = "bench",
): Path["accept"] => ({
  url: `${base}/chat/completions`,
  headers,
  body: JSON.stringify({ model, messages: [{ role: "user", content: "What is this?" }] }),
  expect: 200,
});

/** A contestant that has the two routes and asks for no key. */
export const openRoutes = (origin: string): Pick<Path, "accept" | "health"> => {
  const headers = { "content-type": "application/json" };
  const body = question("What is this?");
  return {
    accept: { url: `${origin}/conversation`, headers, body, expect: 200 },
    health: { url: `${origin}/health`, headers },
  };
};
