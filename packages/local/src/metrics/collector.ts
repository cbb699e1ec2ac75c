import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { basename, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Clock, Log } from "@outlet/core/ports";
import { readChunks } from "./access-log-chunks.ts";
import type { MetricsDatabase } from "./metrics-database.ts";
import { addLine, emptyTally, parseLine, type RequestTally } from "./tally.ts";

export interface CollectorOptions {
  /** Of the edge's access logs: `{restApiId}.log`. */
  logsDir: string;
  /** Where logs are kept from being lost while their API is removed. */
  retiredDir: string;
  database: MetricsDatabase;
  clock: Clock;
  log: Log;
  /** A log that has grown so large begins anew; 20 MB where absent. */
  logBytesMax?: number;
}

const bytesMax = 20 * 1_048_576;
const minuteMs = 60_000;
const expireEveryMs = 3_600_000;

/** Counts what is new in the access logs, and goes on where it ended before. */
export class Collector {
  readonly #options: CollectorOptions;
  #underWay: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #expiredAt = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
    mkdirSync(options.retiredDir, { recursive: true });
  }

  /** Resolves once every line that was written before the call is counted. */
  collect(): Promise<void> {
    // One that has not begun will see what is there now; one under way may have passed it.
    this.#next ??= this.#underWay.then(() => {
      this.#next = undefined;
      const run = this.#run();
      // Its failure is for those who wait for it, not for whoever comes next.
      this.#underWay = run.catch(() => undefined);
      return run;
    });
    return this.#next;
  }

  /** Before an API goes, and its log with it: keeps the log until all of it is counted. */
  retire(restApiId: string): void {
    const { logsDir, retiredDir } = this.#options;
    const log = join(logsDir, `${restApiId}.log`);
    const retired = join(retiredDir, `${restApiId}.log`);
    if (existsSync(log) && !existsSync(retired)) linkSync(log, retired);
  }

  async #run(): Promise<void> {
    const { logsDir, retiredDir, database, clock } = this.#options;
    for (const path of logsIn(logsDir)) {
      // Of many bots few are called: a log that has not grown is not opened.
      if (statSync(path).size === database.readTo(basename(path))) continue;
      await this.#count(path);
      this.#rotate(path);
    }
    for (const path of logsIn(retiredDir)) {
      const name = basename(path);
      // Still being written, under its first name, which was read above.
      if (existsSync(join(logsDir, name))) continue;
      await this.#count(path);
      rmSync(path);
      database.forgetSource(name);
    }
    if (clock.now() - this.#expiredAt < expireEveryMs) return;
    this.#expiredAt = clock.now();
    database.expire(this.#expiredAt);
  }

  /**
   * Begins a log anew that has grown large: what was in it stays in `{name}.1` until the next time. Only
   * once all of it is counted, and in one go: the edge writes in this process, and nothing in between.
   */
  #rotate(path: string): void {
    const { database, log, logBytesMax = bytesMax } = this.#options;
    const source = basename(path);
    const { size } = statSync(path);
    if (size < logBytesMax || database.readTo(source) !== size) return;
    copyFileSync(path, `${path}.1`);
    // The edge appends: it goes on at the new end.
    truncateSync(path, 0);
    database.forgetSource(source);
    log.info("access log begun anew", { source, bytes: size });
  }

  async #count(path: string): Promise<void> {
    const { database, log } = this.#options;
    const source = basename(path);
    let unreadable = 0;
    for (const { lines, end } of readChunks(path, database.readTo(source))) {
      const minutes = new Map<string, Map<number, RequestTally>>();
      for (const text of lines) {
        const line = parseLine(text);
        if (!line) {
          unreadable += 1;
          continue;
        }
        const at = line.requestTimeEpoch - (line.requestTimeEpoch % minuteMs);
        const ofBot = minutes.get(line.botId) ?? new Map<number, RequestTally>();
        minutes.set(line.botId, ofBot);
        const tally = ofBot.get(at) ?? emptyTally();
        ofBot.set(at, tally);
        addLine(tally, line);
      }
      database.add(source, end, minutes);
      // A long log must not hold up the requests that it is about.
      await setImmediate();
    }
    if (unreadable > 0) log.warn("lines of an access log cannot be read", { source, unreadable });
  }
}

function logsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .map((name) => join(folder, name));
}
