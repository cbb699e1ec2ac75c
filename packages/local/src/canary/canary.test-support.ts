/**
 * For tests: a word in the instructions of bots that nobody but their owner is ever told. While tests
 * run, all that published bots answer is looked through for it, headers and streams included, and all
 * that is logged; a test file in which it was seen has failed (`setup.test-support.ts`).
 */
import { type OutgoingHttpHeader, ServerResponse } from "node:http";
import type { Log } from "@outlet/core/ports";

export const canary = "CANARY-7f3a91";

/** One list for a process, whoever has loaded this module. */
const store = globalThis as { outletCanary?: { seen: string[]; watches: boolean } };
const state = (store.outletCanary ??= { seen: [], watches: false });

/** Notes it where the word is in it. */
export function look(said: string | Uint8Array, where: string): void {
  if (Buffer.from(said).includes(canary)) state.seen.push(where);
}

/** Where it was seen since the last call. */
export const takeSightings = (): string[] => state.seen.splice(0);

/** A log that is looked through, as it would be written. */
export function lookedThrough(log: Log): Log {
  const each =
    (level: "debug" | "info" | "warn" | "error") =>
    (message: string, fields?: Record<string, unknown>) => {
      look(JSON.stringify([message, fields], plainErrors), `log: ${message}`);
      log[level](message, fields);
    };
  return { debug: each("debug"), info: each("info"), warn: each("warn"), error: each("error") };
}

function plainErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { message: value.message, stack: value.stack, cause: value.cause };
}

/** An owner reads the instruction by the control API; its refusals repeat nothing. */
const isOwners = ({ req, statusCode }: ServerResponse): boolean =>
  statusCode < 400 && /^\/(api|oidc)(\/|$)/.test(req.url ?? "");

/** Looks through whatever any HTTP server of this process answers from now on. */
export function watchResponses(): void {
  if (state.watches) return;
  state.watches = true;
  const { prototype } = ServerResponse;
  // What is replaced, called with whatever `this` they are called with.
  const original = (name: "write" | "end" | "writeHead"): ((...args: unknown[]) => unknown) =>
    Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
  const [write, end, writeHead] = [original("write"), original("end"), original("writeHead")];
  /** Ends of pieces: a word may lie across two. */
  const before = new WeakMap<ServerResponse, Buffer>();
  const see = (res: ServerResponse, piece: unknown) => {
    const isBytes = typeof piece === "string" || piece instanceof Uint8Array;
    if (!isBytes || isOwners(res)) return;
    const bytes = Buffer.concat([before.get(res) ?? Buffer.alloc(0), Buffer.from(piece)]);
    look(bytes, `${res.req.method} ${res.req.url}`);
    before.set(res, bytes.subarray(-canary.length + 1));
  };
  prototype.write = function (this: ServerResponse, ...args: unknown[]) {
    see(this, args[0]);
    return Reflect.apply(write, this, args) as boolean;
  };
  prototype.end = function (this: ServerResponse, ...args: unknown[]) {
    see(this, args[0]);
    return Reflect.apply(end, this, args) as ServerResponse;
  } as ServerResponse["end"];
  prototype.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    const headers: Record<string, OutgoingHttpHeader | undefined> = this.getHeaders();
    look(JSON.stringify([headers, args]), `headers of ${this.req.method} ${this.req.url}`);
    return Reflect.apply(writeHead, this, args) as ServerResponse;
  } as ServerResponse["writeHead"];
}
