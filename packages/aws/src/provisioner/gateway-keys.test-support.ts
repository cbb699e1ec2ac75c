import type { IncomingMessage, ServerResponse } from "node:http";

interface ApiKey {
  id: string;
  name: string;
  value: string;
  enabled: boolean;
}

/** API Gateway's keys and usage plans' keys: unique values, names matched by prefix, small pages. */
export class GatewayKeyStore {
  readonly keys = new Map<string, ApiKey>();
  /** Ids of the keys in each plan. A plan that is not here does not exist. */
  readonly plans = new Map<string, Set<string>>();
  /** What each key of a plan used on each day, by the plan's id: `2026-11-22` → used. */
  readonly usage = new Map<string, Map<string, Map<string, number>>>();
  /** Calls that were answered. */
  calls = 0;
  /** How many keys one page holds, however many are asked for. */
  pageSize = 2;
  /** So many calls are answered 429 first. */
  throttled = 0;
  #count = 0;

  handle(req: IncomingMessage, res: ServerResponse, body: string): void {
    const url = new URL(req.url ?? "/", "http://127.0.0.1");
    const answer = (status: number, value?: unknown, error?: string) => {
      res.writeHead(status, {
        "content-type": "application/json",
        ...(error ? { "x-amzn-errortype": error } : {}),
      });
      res.end(value === undefined ? "" : JSON.stringify(value));
    };
    if (this.throttled > 0) {
      this.throttled -= 1;
      return answer(429, { message: "Too Many Requests" }, "TooManyRequestsException");
    }
    this.calls += 1;
    const [, kind, id = "", sub] = url.pathname.split("/");
    if (kind === "apikeys" && req.method === "POST") {
      const input = JSON.parse(body) as Omit<ApiKey, "id">;
      if ([...this.keys.values()].some(({ value }) => value === input.value)) {
        return answer(409, { message: "API Key already exists" }, "ConflictException");
      }
      this.#count += 1;
      const key = { ...input, id: `key${this.#count}` };
      this.keys.set(key.id, key);
      return answer(201, key);
    }
    if (kind === "apikeys" && req.method === "DELETE") {
      for (const plan of this.plans.values()) plan.delete(id);
      return this.keys.delete(id)
        ? answer(202)
        : answer(404, { message: "Invalid API Key identifier" }, "NotFoundException");
    }
    if (kind === "apikeys") {
      const prefix = url.searchParams.get("name") ?? "";
      return answer(
        200,
        this.#page(
          [...this.keys.values()].filter((k) => k.name.startsWith(prefix)),
          url,
        ),
      );
    }
    if (kind === "usageplans" && !id) {
      return answer(
        200,
        this.#page(
          [...this.plans.keys()].map((plan) => ({ id: plan })),
          url,
        ),
      );
    }
    // An API goes with its plan, here as in a stack.
    if (kind === "restapis") {
      return answer(
        200,
        this.#page(
          [...this.plans.keys()].map((plan) => ({ id: plan })),
          url,
        ),
      );
    }
    const plan = this.plans.get(id);
    if (kind === "usageplans" && sub === "usage" && plan) {
      return answer(200, this.#usageOf(id, url));
    }
    if (kind !== "usageplans" || sub !== "keys" || !plan) {
      return answer(404, { message: "Invalid Usage Plan ID specified" }, "NotFoundException");
    }
    if (req.method === "GET")
      return answer(
        200,
        this.#page(
          [...plan].map((k) => ({ id: k, type: "API_KEY", name: this.keys.get(k)?.name })),
          url,
        ),
      );
    const { keyId } = JSON.parse(body) as { keyId: string };
    if (plan.has(keyId)) {
      return answer(409, { message: "Usage plan already has it" }, "ConflictException");
    }
    plan.add(keyId);
    return answer(201, { id: keyId });
  }

  /** Of each key one pair for each day, both days inclusive: used, remaining. */
  #usageOf(planId: string, url: URL) {
    const startDate = url.searchParams.get("startDate") ?? "";
    const endDate = url.searchParams.get("endDate") ?? "";
    const days: string[] = [];
    for (let at = Date.parse(startDate); at <= Date.parse(endDate); at += 86_400_000) {
      days.push(new Date(at).toISOString().slice(0, 10));
    }
    const ofKeys = [...(this.usage.get(planId) ?? [])];
    const { item, position } = this.#page(ofKeys, url);
    const values = item.map(([id, used]) => [id, days.map((day) => [used.get(day) ?? 0, 100])]);
    return {
      usagePlanId: planId,
      startDate,
      endDate,
      values: Object.fromEntries(values),
      ...(position !== undefined && { position }),
    };
  }

  #page<T>(items: T[], url: URL): { item: T[]; position?: string } {
    const start = Number(url.searchParams.get("position") ?? 0);
    const end = start + this.pageSize;
    const item = items.slice(start, end);
    return { item, ...(end < items.length ? { position: String(end) } : {}) };
  }
}
