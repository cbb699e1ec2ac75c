import { randomUUID } from "node:crypto";
import { type ObjectStore, StoreUnavailable } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createContract, type Deviations } from "./contract.ts";

export interface ObjectStoreSubject {
  store: ObjectStore;
  /** The content type of an object, seen from outside the port. */
  contentTypeOf(path: string): Promise<string | undefined>;
  /** A store whose bucket was never made. */
  misconfigured: ObjectStore;
  /** A store on a service that does not answer. */
  unreachable: ObjectStore;
  close(): Promise<void>;
}

/** What every implementation of the object store port does. `makeStore` is called once. */
export function objectStoreContract(
  name: string,
  makeStore: () => Promise<ObjectStoreSubject>,
  deviations: Deviations = {},
): void {
  describe(`object store contract: ${name}`, () => {
    let subject: ObjectStoreSubject;
    beforeAll(async () => {
      subject = await makeStore();
    }, 60_000);
    afterAll(() => subject?.close());
    const { check, end } = createContract(deviations);
    const path = () => `contract/${randomUUID()}`;
    const bytes = (text: string) => new TextEncoder().encode(text);
    const put = (at: string, body: Uint8Array) =>
      subject.store.put(at, body, "application/octet-stream");
    const get = async (at: string) => {
      const body = await subject.store.get(at);
      return body && Buffer.from(body);
    };

    check("an object that was never put is undefined", async () => {
      expect(await subject.store.get(path())).toBeUndefined();
    });

    check("an object comes back byte for byte, with its content type", async () => {
      const at = path();
      const body = Uint8Array.from({ length: 1_024 }, (_, n) => n % 256);
      await subject.store.put(at, body, "text/plain; charset=utf-8");
      expect(await get(at)).toEqual(Buffer.from(body));
      expect(await subject.contentTypeOf(at)).toBe("text/plain; charset=utf-8");
    });

    check("a part of an object is those bytes, and no more than there are", async () => {
      const at = path();
      await put(at, bytes("0123456789"));
      const part = async (from: number, length: number) =>
        Buffer.from((await subject.store.getRange(at, from, length)) ?? []).toString();
      expect(await part(0, 1)).toBe("0");
      expect(await part(3, 4)).toBe("3456");
      expect(await part(8, 100)).toBe("89");
      expect(await subject.store.getRange(path(), 0, 1)).toBeUndefined();
    });

    check("an empty object is an object", async () => {
      const at = path();
      await put(at, new Uint8Array());
      expect(await get(at)).toEqual(Buffer.alloc(0));
    });

    check("an object of 8 MB comes back whole", async () => {
      const at = path();
      const body = Buffer.alloc(8 * 1024 * 1024, "0123456789abcdef");
      await put(at, body);
      expect((await get(at))?.equals(body)).toBe(true);
    });

    check("a path may have any characters", async () => {
      const base = path();
      for (const name of [
        "a b",
        "a+b",
        "a%20b",
        "ü/한국어/🤖",
        "q?x=1&y=#z",
        "a:b;c,d=e@f",
        "'\"()!*~",
      ]) {
        const at = `${base}/${name}`;
        await put(at, bytes(name));
        expect((await get(at))?.toString()).toBe(name);
      }
    });

    check("a second put replaces the object", async () => {
      const at = path();
      await put(at, bytes("a longer first one"));
      await put(at, bytes("second"));
      expect((await get(at))?.toString()).toBe("second");
    });

    check("of many puts at once one wins whole", async () => {
      const at = path();
      const bodies = Array.from({ length: 20 }, (_, n) => `${n}`.padEnd(2).repeat(50_000));
      await Promise.all(bodies.map((body) => put(at, bytes(body))));
      expect(bodies).toContain((await get(at))?.toString());
    });

    check("a removed object is gone, and removing it again holds", async () => {
      const at = path();
      await put(at, bytes("x"));
      await subject.store.remove(at);
      expect(await subject.store.get(at)).toBeUndefined();
      await subject.store.remove(at);
    });

    check("a missing bucket is an error, not a missing object nor an outage", async () => {
      const store = subject.misconfigured;
      for (const call of [() => store.get("a"), () => store.put("a", bytes("x"), "text/plain")]) {
        const error = await call().catch((e: unknown) => e);
        expect(error).toBeInstanceOf(Error);
        expect(error).not.toBeInstanceOf(StoreUnavailable);
      }
    });

    check("every call to a service that does not answer is StoreUnavailable", async () => {
      const store = subject.unreachable;
      const calls = [
        () => store.get("a"),
        () => store.put("a", bytes("x"), "text/plain"),
        () => store.remove("a"),
      ];
      for (const call of calls) {
        const error = await call().catch((e: unknown) => e);
        expect(error).toBeInstanceOf(StoreUnavailable);
        expect((error as StoreUnavailable).cause).toBeInstanceOf(Error);
      }
    });

    end();
  });
}
