import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  write,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type ContextVariables, substitute } from "./context-variables.ts";

/** One file of JSON lines per REST API: `{folder}/{restApiId}.log`. */
export class AccessLogs {
  readonly #folder: string;
  readonly #files = new Map<string, LogFile>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  open(restApiId: string): void {
    if (this.#files.has(restApiId)) return;
    this.#files.set(restApiId, new LogFile(openSync(this.#path(restApiId), "a", 0o600)));
  }

  /**
   * A closed log takes no line any more.
   * @returns when the line is in the operating system's hands: a killed process loses none of those.
   */
  write(restApiId: string, format: string, variables: ContextVariables): Promise<void> {
    const file = this.#files.get(restApiId);
    return file ? file.append(`${formatLine(format, variables)}\n`) : Promise.resolve();
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
    file.close();
  }

  #path(restApiId: string): string {
    return join(this.#folder, `${restApiId}.log`);
  }
}

/** Lines that come while others are being written go together, after them. */
class LogFile {
  readonly #file: number;
  #waiting: string[] = [];
  #next: PromiseWithResolvers<void> | undefined;
  #isWriting = false;
  #isClosing = false;

  constructor(file: number) {
    this.#file = file;
  }

  append(line: string): Promise<void> {
    if (this.#isClosing) return Promise.resolve();
    this.#waiting.push(line);
    this.#next ??= Promise.withResolvers();
    const { promise } = this.#next;
    if (!this.#isWriting) this.#write();
    return promise;
  }

  #write(): void {
    const [lines, done] = [Buffer.from(this.#waiting.join("")), this.#next];
    this.#waiting = [];
    this.#next = undefined;
    this.#isWriting = true;
    write(this.#file, lines, 0, lines.length, null, (error, written) => {
      this.#isWriting = false;
      // A full disk takes a part, if anything: the rest is tried once more, aloud.
      if (!error && written < lines.length) writeSync(this.#file, lines.subarray(written));
      if (error) done?.reject(error);
      else done?.resolve();
      if (this.#isClosing) this.#end();
      else if (this.#waiting.length > 0) this.#write();
    });
  }

  close(): void {
    this.#isClosing = true;
    if (!this.#isWriting) this.#end();
  }

  #end(): void {
    if (this.#waiting.length > 0) writeSync(this.#file, this.#waiting.join(""));
    closeSync(this.#file);
    this.#next?.resolve();
  }
}

/** Values are escaped for the JSON strings they stand in; a caller's header must not break a line. */
export function formatLine(format: string, variables: ContextVariables): string {
  return substitute(format, variables, (value = "-") =>
    plain.test(value) ? value : JSON.stringify(value).slice(1, -1),
  );
}

/** What stands in a JSON string as it is. */
const plain = /^[ !#-[\]-~]*$/;
