import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const StackRecord = v.object({
  stackName: v.string(),
  restApiId: v.string(),
  usagePlanId: v.string(),
  /** Of the act that led here: the same one again changes nothing. */
  token: v.string(),
  /** What is served; `null` where the first deployment failed. */
  template: v.nullable(v.record(v.string(), v.unknown())),
  /** Why the last deployment failed. */
  failure: v.nullable(v.string()),
});

export type StackRecord = v.InferOutput<typeof StackRecord>;

/** One file per stack, `{folder}/{stackName}.json`, replaced whole: half a stack is never read. */
export class StackStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      if (name.endsWith(".tmp")) rmSync(join(folder, name));
    }
  }

  list(): StackRecord[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) =>
        v.parse(StackRecord, JSON.parse(readFileSync(join(this.#folder, name), "utf8"))),
      );
  }

  write(record: StackRecord): void {
    const path = this.#path(record.stackName);
    const file = openSync(`${path}.tmp`, "w", 0o600);
    try {
      writeFileSync(file, JSON.stringify(record));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.tmp`, path);
  }

  remove(stackName: string): void {
    rmSync(this.#path(stackName), { force: true });
  }

  #path(stackName: string): string {
    // CloudFormation's rule for names, and one that keeps them inside the folder.
    if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stackName)) {
      throw new TypeError(`${JSON.stringify(stackName)} is no stack name`);
    }
    return join(this.#folder, `${stackName}.json`);
  }
}
