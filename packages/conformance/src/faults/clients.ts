import type { ModelCatalog } from "@outlet/core/models/catalog";
import type { Address } from "@outlet/core/conversations/run";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import type { PublishedEnv } from "@outlet/functions/published-api/identity";
import { createIds } from "./ids.ts";
import { payersOf } from "./budgets.ts";
import { Violation } from "./journal.ts";
import type { Plan, PlannedMessage } from "./plan.ts";
import type { policy } from "./policy.ts";
import { portsOf, type Surroundings } from "./ports.ts";

/** What clients have been told. */
export interface ClientSide {
  /** Acknowledged messages: run id and where. */
  readonly acknowledged: ReadonlyMap<string, Address>;
  /** Messages that a budget did not suffice for. */
  readonly refused: number;
  /** Every client has what it wants, or has given up. */
  done(): boolean;
  /** Nothing that was planned is still to come. */
  planDone(): boolean;
  /** Asks for a message as its client would, in a process without faults or skew. */
  ask(address: Address, runId: string): Promise<{ status: number; text: string }>;
}

interface Options {
  surroundings: Surroundings;
  shared: { catalog: ModelCatalog.Catalog; policy: typeof policy };
  botId: string;
  plan: Plan;
  skew: () => number;
  startMs: number;
}

const clientPatienceMs = 6_000;

type Reply = { status: number; body: string };

export function createClientSide(options: Options): ClientSide {
  const { surroundings, shared, botId, plan, startMs } = options;
  const { world, journal } = surroundings;
  const acknowledged = new Map<string, Address>();
  const answers = new Map<string, string>();
  /** Runs whose deletion a client was told of. */
  const deleted = new Set<string>();
  let unfinished = plan.messages.length + plan.deletions.length;
  let planned = plan.messages.length + plan.deletions.length;
  let processes = 0;
  let refused = 0;

  /** One request, in a process of the function's own. `undefined`: nobody ever answered. */
  function request(
    name: string,
    send: (app: ReturnType<typeof createPublishedApi>) => Promise<Response>,
    tell: (reply: Reply | undefined) => void,
  ): void {
    let isWaiting = true;
    const done = (reply: Reply | undefined) => {
      if (isWaiting) tell(reply);
      isWaiting = false;
    };
    // The client hangs up, of which the process knows nothing.
    world.at(world.now() + clientPatienceMs, "", () => done(undefined));
    const process = world.start(`${name}.${++processes}`, options.skew());
    const ports = portsOf({ ...surroundings, killed: () => done(undefined) }, process, false);
    const app = createPublishedApi({
      ...shared,
      ...ports,
      runQueue: ports.queue,
      ids: createIds(ports.clock, world.prng),
    });
    world.spawn(
      process,
      async () => {
        const response = await send(app);
        return { status: response.status, body: await bodyOf(response) };
      },
      (outcome) => done("value" in outcome ? outcome.value : undefined),
    );
  }

  const env = { event: eventOf(botId, plan.budgets) };
  const addressOf = ({ conversation }: PlannedMessage): Address => ({
    botId,
    clientId: "client",
    conversationId: conversation,
  });

  function post(message: PlannedMessage, number: number): void {
    const body = JSON.stringify({
      conversationId: message.conversation,
      message: { content: [{ contentType: "text", body: message.text }] },
    });
    const init = {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        // Every third one follows its answer, so that its words are written while they come.
        ...(number % 3 === 0 ? { accept: "text/event-stream" } : {}),
        ...(message.insists ? { "idempotency-key": `message-${number}` } : {}),
      },
    };
    const attempt = () =>
      request(
        `post${number}`,
        async (app) => app.request("/conversation", init, env),
        (reply) => {
          world.note(`  post${number} → ${reply?.status ?? "no answer"}`);
          if (reply?.status === 200) return acknowledge(message, reply.body);
          // It had been accepted, and deleted since; or it is not paid for.
          const isFinal = reply?.status === 404 || isSpent(reply);
          if (isSpent(reply)) refused += 1;
          if (!message.insists || isFinal) {
            unfinished -= 1;
            return;
          }
          world.at(world.now() + (reply?.status === 429 ? 5_000 : 1_000), "", attempt);
        },
      );
    attempt();
  }

  function acknowledge(message: PlannedMessage, body: string): void {
    unfinished -= 1;
    const { messageId } = JSON.parse(body) as { messageId: string };
    const address = addressOf(message);
    acknowledged.set(messageId, address);
    world.note(`  acknowledged …${messageId.slice(-8)}`);
    for (let i = 0; i < 2; i++) {
      const atMs = world.now() + world.prng.below(20_000);
      world.at(atMs, "", () => poll(address, messageId));
    }
    world.at(world.now() + world.prng.below(3_000), "", () => follow(address, messageId));
    if (message.cancelAtMs === undefined) return;
    const cancelAt = Math.max(startMs + message.cancelAtMs, world.now());
    planned += 1;
    world.at(cancelAt, "", () => {
      planned -= 1;
      cancel(address, messageId);
    });
  }

  /** Comes later than the message did, and hangs up soon. */
  function follow({ conversationId }: Address, runId: string): void {
    const url = `/conversation/${conversationId}/${runId}/events`;
    request(
      "follow",
      async (app) => app.request(url, {}, env),
      () => {},
    );
  }

  /** What has been acknowledged can be asked for at any time, and an answer stays as it is. */
  function poll(address: Address, runId: string): void {
    const url = `/conversation/${address.conversationId}/${runId}`;
    const isDeleted = deleted.has(runId);
    request(
      "poll",
      async (app) => app.request(url, {}, env),
      (reply) => {
        if (!reply) return;
        if (reply.status === 404) missing(runId);
        if (isDeleted && (reply.status === 200 || reply.status === 202)) {
          journal.fail(new Violation("Deletion", `${runId} was deleted, and is read`));
        }
        if (reply.status !== 200) return;
        const before = answers.get(runId);
        answers.set(runId, reply.body);
        if (before !== undefined && before !== reply.body) {
          journal.fail(new Violation("TerminalIsFinal", `${runId} has another answer than before`));
        }
      },
    );
  }

  function cancel(address: Address, runId: string): void {
    const url = `/conversation/${address.conversationId}/${runId}/cancel`;
    request(
      "cancel",
      async (app) => app.request(url, { method: "POST" }, env),
      (reply) => {
        if (reply?.status === 404) missing(runId);
      },
    );
  }

  /** What was acknowledged is there until somebody deletes its conversation. */
  function missing(runId: string): void {
    if (journal.removed.has(runId)) return;
    journal.fail(new Violation("NothingLost", `${runId} was acknowledged and is not found`));
  }

  /** Until it is done: whoever deletes wants to be sure. */
  function remove(conversation: string): void {
    const url = `/conversation/${conversation}`;
    const gone = [...acknowledged].filter(([, address]) => address.conversationId === conversation);
    request(
      "delete",
      async (app) => app.request(url, { method: "DELETE" }, env),
      (reply) => {
        world.note(`  delete ${conversation} → ${reply?.status ?? "no answer"}`);
        if (reply?.status !== 204 && reply?.status !== 404) {
          return world.at(world.now() + 1_000, "", () => remove(conversation));
        }
        unfinished -= 1;
        for (const [runId] of gone) deleted.add(runId);
      },
    );
  }

  plan.messages.forEach((message, number) => {
    world.at(startMs + message.atMs, "", () => {
      planned -= 1;
      post(message, number);
    });
  });

  for (const { conversation, atMs } of plan.deletions) {
    world.at(startMs + atMs, "", () => {
      planned -= 1;
      remove(conversation);
    });
  }

  return {
    acknowledged,
    get refused() {
      return refused;
    },
    done: () => unfinished === 0,
    planDone: () => planned === 0,
    async ask(address, runId) {
      const clock = world.clockOf(world.start("asker", 0));
      const app = createPublishedApi({
        ...shared,
        ...surroundings.trusted,
        clock,
        ids: createIds(clock, world.prng),
        runQueue: { send: async () => {} },
        log: { debug() {}, info() {}, warn() {}, error() {} },
      });
      const url = `/conversation/${address.conversationId}/${runId}`;
      const response = await app.request(url, {}, env);
      return { status: response.status, text: await response.text() };
    },
  };
}

/** What was answered; of a stream, after whose beginning the client hangs up, what that says. */
async function bodyOf(response: Response): Promise<string> {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    return response.text();
  }
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return /^data: (.*)$/m.exec(Buffer.from(value ?? []).toString())?.[1] ?? "";
}

const isSpent = (reply: Reply | undefined): boolean =>
  reply?.status === 429 && reply.body.includes('"budget_exceeded"');

/** A request as the gateway hands it over: only what is looked at. */
function eventOf(botId: string, budgets: Plan["budgets"]): PublishedEnv["Bindings"]["event"] {
  const authorizer = {
    botId,
    keyId: "key",
    clientId: "client",
    paused: "false",
    allowedOrigins: "[]",
    retentionDays: "30",
    ...(budgets && { budgets: JSON.stringify(payersOf(botId, budgets)) }),
  };
  const requestContext = { requestId: "request", authorizer };
  return { requestContext } as unknown as PublishedEnv["Bindings"]["event"];
}
