import type { Graph, Recorded, Resource } from "../sst/graph.ts";
import type { Aliases } from "./aliases.ts";
import { strict } from "./strict.ts";

export interface Target {
  endpoint: string;
  region: string;
  account: string;
}

interface Parts {
  target: Target;
  graph: Graph;
  aliases: Aliases;
  packages(functionId: string): Promise<Uint8Array>;
  runtime(declared: string): string;
}

/** The emulator as its root user sees it, and what a mapping needs to know of the rest of the app. */
export class Cloud {
  readonly #clients = new Map<unknown, unknown>();
  readonly #regions = new Map<string, Cloud>();
  #pending: Promise<unknown>[] = [];

  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get target(): Target {
    return this.#parts.target;
  }
  get graph(): Graph {
    return this.#parts.graph;
  }
  get aliases(): Aliases {
    return this.#parts.aliases;
  }

  /** The code of a function, by the id that SST gives it. */
  packages(functionId: string): Promise<Uint8Array> {
    return this.#parts.packages(functionId);
  }

  /** The runtime that a function gets instead of the declared one. */
  runtime(declared: string): string {
    return this.#parts.runtime(declared);
  }

  client<
    Client extends { middlewareStack: { add(middleware: Recorded, options: Recorded): void } },
  >(Service: new (config: Recorded) => Client): Client {
    const known = this.#clients.get(Service) as Client | undefined;
    if (known) return known;
    const { endpoint, region } = this.target;
    const client = new Service({
      endpoint,
      region,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      forcePathStyle: true,
    });
    client.middlewareStack.add(strict, { step: "initialize", name: "strict" });
    this.#clients.set(Service, client);
    return client;
  }

  /** The same where a resource has a provider of another region. */
  in(region: string): Cloud {
    if (region === this.target.region) return this;
    const known = this.#regions.get(region);
    if (known) return known;
    const other = new Cloud({ ...this.#parts, target: { ...this.target, region } });
    other.#pending = this.#pending;
    this.#regions.set(region, other);
    return other;
  }

  /** Work that the next resources needn't wait for; settled() does. */
  later(work: Promise<unknown>): void {
    work.catch(() => {}); // reported by settled()
    this.#pending.push(work);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }
}

/** What the emulator assigned, under the names that Pulumi's outputs have. */
export type Outputs = Record<string, string | undefined>;

export const SKIP = Symbol("no counterpart in the emulator");

/** Makes one resource from its recorded inputs, in which the ids are the emulator's already. */
export type Create = (
  inputs: Recorded,
  cloud: Cloud,
  resource: Resource,
) => Promise<Outputs | typeof SKIP | void>;
export type Mappings = Record<string, Create>;
