import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type ContextVariables, substitute } from "./context-variables.ts";

/** One file of JSON lines per REST API: `{folder}/{restApiId}.log`. */
export class AccessLogs {
  readonly #folder: string;
  readonly #files = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  open(restApiId: string): void {
    if (this.#files.has(restApiId)) return;
    this.#files.set(restApiId, openSync(this.#path(restApiId), "a", 0o600));
  }

  /** Written at once, so that a killed process loses no line. A closed log takes none any more. */
  write(restApiId: string, format: string, variables: ContextVariables): void {
    const file = this.#files.get(restApiId);
    if (file !== undefined) writeSync(file, `${formatLine(format, variables)}\n`);
  }

  /** The lines so far, oldest first; each is JSON. */
  async *read(restApiId: string): AsyncGenerator<string> {
    const path = this.#path(restApiId);
    if (!existsSync(path)) return;
    yield* createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  }

  remove(restApiId: string): void {
    this.#close(restApiId);
    rmSync(this.#path(restApiId), { force: true });
    // What was in it before it began anew.
    rmSync(`${this.#path(restApiId)}.1`, { force: true });
  }

  /** Removes what a crash left of APIs that are gone. */
  keepOnly(restApiIds: string[]): void {
    for (const name of readdirSync(this.#folder)) {
      const restApiId = name.replace(/\.log(\.1)?$/, "");
      if (!restApiIds.includes(restApiId)) this.remove(restApiId);
    }
  }

  close(): void {
    for (const restApiId of this.#files.keys()) this.#close(restApiId);
  }

  #close(restApiId: string): void {
    const file = this.#files.get(restApiId);
    if (file === undefined) return;
    this.#files.delete(restApiId);
    closeSync(file);
  }

  #path(restApiId: string): string {
    return join(this.#folder, `${restApiId}.log`);
  }
}

/** Values are escaped for the JSON strings they stand in; a caller's header must not break a line. */
export function formatLine(format: string, variables: ContextVariables): string {
  return substitute(format, variables, (value) => JSON.stringify(value ?? "-").slice(1, -1));
}
