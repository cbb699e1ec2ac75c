import {
  type APIGatewayClient,
  ConflictException,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  NotFoundException,
  paginateGetApiKeys,
  paginateGetUsagePlanKeys,
} from "@aws-sdk/client-api-gateway";
import type { GatewayKey } from "@outlet/core/ports";
import { keyPrefix } from "../published-stack/names.ts";
import { reachStore } from "../store-error.ts";

/**
 * The gateway's own API keys. They belong to the account and not to a stack, so whoever makes one
 * answers for its end: it is found again by its name, which is unique.
 */
export interface GatewayKeys {
  /** Repeated, it finds what the first try made. */
  put(usagePlanId: string, key: GatewayKey): Promise<void>;
  remove(keyId: string): Promise<void>;
  /** Every key of a plan, whoever has lost sight of it. */
  removeAll(usagePlanId: string): Promise<void>;
}

/** @param stage of the app, part of the keys' names. */
export function createGatewayKeys(client: APIGatewayClient, stage?: string): GatewayKeys {
  const nameOf = (keyId: string): string => `${keyPrefix(stage)}${keyId}`;
  const reach = <T>(call: Promise<T>) => reachStore("API Gateway", call);

  async function put(usagePlanId: string, key: GatewayKey): Promise<void> {
    const id = await create(key);
    try {
      await ignoring(
        ConflictException,
        reach(
          client.send(
            new CreateUsagePlanKeyCommand({ usagePlanId, keyId: id, keyType: "API_KEY" }),
          ),
        ),
      );
    } catch (error) {
      // In no plan it would open nothing, and be found by nobody once its plan is gone.
      if (error instanceof NotFoundException) await removeById(id);
      throw error;
    }
  }

  /** @returns the gateway's id of a key, new or from an earlier try. */
  async function create(key: GatewayKey): Promise<string> {
    const [known] = await idsOf(key.keyId);
    if (known) return known;
    const made = await ignoring(
      // Values are unique: a try whose answer was lost has made it, or another one just has.
      ConflictException,
      reach(
        client.send(
          new CreateApiKeyCommand({ name: nameOf(key.keyId), value: key.value, enabled: true }),
        ),
      ),
    );
    const id = made?.id ?? (await idsOf(key.keyId))[0];
    if (!id) throw new Error(`API Gateway has the value of key ${key.keyId} under another name`);
    return id;
  }

  async function idsOf(keyId: string): Promise<string[]> {
    const name = nameOf(keyId);
    const ids: string[] = [];
    // `nameQuery` matches prefixes, and a match may be on a later page than the first.
    for await (const page of pages(
      paginateGetApiKeys({ client, pageSize: 500 }, { nameQuery: name }),
    )) {
      for (const item of page.items ?? []) if (item.name === name && item.id) ids.push(item.id);
    }
    return ids;
  }

  const removeById = (id: string) =>
    ignoring(NotFoundException, reach(client.send(new DeleteApiKeyCommand({ apiKey: id }))));

  return {
    put,
    async remove(keyId) {
      for (const id of await idsOf(keyId)) await removeById(id);
    },
    async removeAll(usagePlanId) {
      const ids: string[] = [];
      const read = async () => {
        const keys = paginateGetUsagePlanKeys({ client, pageSize: 500 }, { usagePlanId });
        for await (const page of pages(keys)) {
          for (const { id } of page.items ?? []) if (id) ids.push(id);
        }
      };
      await ignoring(NotFoundException, read());
      for (const id of ids) await removeById(id);
    },
  };

  async function* pages<T>(source: AsyncIterable<T>): AsyncIterable<T> {
    const iterator = source[Symbol.asyncIterator]();
    for (;;) {
      const next = await reach(iterator.next());
      if (next.done) return;
      yield next.value;
    }
  }
}

async function ignoring<T>(
  kind: abstract new (...args: never[]) => Error,
  call: Promise<T>,
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof kind) return undefined;
    throw error;
  }
}
