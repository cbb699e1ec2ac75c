import type { Path } from "./path.ts";

/** What a round sends to a path. */
export const accepting = (path: Path) => ({ method: "POST", ...path.accept });

/** The same, and the answer in the same request. */
export const answering = (path: Path) => ({
  ...accepting(path),
  headers: { ...path.accept.headers, prefer: "wait=25" },
});

export const health = (path: Path) => ({
  method: "GET",
  body: null,
  expect: 200,
  ...path.health,
});

/** A chat completion with its answer. */
export function chatting({ chat }: Path) {
  if (!chat) throw new Error("This path knows no chat completions.");
  return { method: "POST", ...chat };
}
