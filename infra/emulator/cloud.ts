import type { Graph, Resource } from "../sst/graph";
import type { Aliases } from "./aliases";
import { strict } from "./strict";

export interface Target {
  endpoint: string;
  region: string;
  account: string;
}

/** The emulator as its root user sees it, and what a mapping needs to know of the rest of the app. */
export class Cloud {
  readonly #clients = new Map<unknown, unknown>();
  readonly #regions = new Map<string, Cloud>();
  #pending: Promise<unknown>[] = [];

  constructor(
    readonly target: Target,
    readonly graph: Graph,
    readonly aliases: Aliases,
    readonly packages: (functionId: string) => Promise<Uint8Array>,
    readonly runtime: (declared: string) => string,
  ) {}

  client<Client extends { middlewareStack: { add(middleware: any, options: any): void } }>(
    Service: new (config: any) => Client,
  ): Client {
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
    const other = new Cloud(
      { ...this.target, region },
      this.graph,
      this.aliases,
      this.packages,
      this.runtime,
    );
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
  inputs: any,
  cloud: Cloud,
  resource: Resource,
) => Promise<Outputs | typeof SKIP | void>;
export type Mappings = Record<string, Create>;
