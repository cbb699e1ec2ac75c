import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { CreateTableCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { createClients } from "@outlet/aws/clients";
import { tableDefinition } from "@outlet/aws/table-schema";
import * as v from "valibot";
import { end, run, start } from "../referees/command.ts";
import { clientOptions } from "../referees/endpoints.ts";
import { need, once, toolsDir } from "../referees/install.ts";
import { freePort, untilReady } from "../referees/start.ts";
import { connect, type Stores } from "./stores.ts";

const microburst = "microburst==0.10.0";

/** What goes wrong on the wire, as AWS words it. What the SDK makes of it is part of the subject. */
const rules = [
  { name: "latency", service: "dynamodb", probability: 0.03, latency: { min: 5, max: 60 } },
  {
    name: "throttled",
    service: "dynamodb",
    probability: 0.01,
    error: { code: "ProvisionedThroughputExceededException" },
  },
  { name: "reset before", service: "dynamodb", probability: 0.02, reset: true },
  // The write is applied, the reply is cut off: the SDK sends it again.
  { name: "reply lost", service: "dynamodb", probability: 0.06, response: { abort_frac: 0.1 } },
  {
    name: "queue throttled",
    service: "sqs",
    operation: "SendMessage",
    probability: 0.1,
    // With this prefix the SDK takes it for what SQS itself would say.
    error: { code: "com.amazonaws.sqs#RequestThrottled" },
  },
  {
    name: "bell sent twice",
    service: "sqs",
    operation: "SendMessage",
    probability: 0.1,
    response: { abort_frac: 0.1 },
  },
  { name: "objects reset", service: "s3", probability: 0.05, reset: true },
];

const FiredRules = v.array(v.object({ fired_count: v.number() }));

/** MiniStack behind microburst, which throttles, delays, resets, and loses replies. */
export async function startMinistackStores(ministack: string): Promise<
  Stores & {
    /** How often each rule has fired. */
    fired(): Promise<Record<string, number>>;
  }
> {
  const port = await freePort();
  const proxy = start(await installMicroburst(), [
    ...["--upstream", ministack, "--host", "127.0.0.1", "--port", String(port)],
  ]);
  try {
    await untilReady(proxy, "microburst", port);
    const control = `http://127.0.0.1:${port}/_microburst`;
    const trusted = createClients(clientOptions(ministack));
    const clients = createClients(clientOptions(`http://127.0.0.1:${port}`));
    const names = { tableName: `faults-${randomUUID()}`, bucket: `faults-${randomUUID()}` };
    await trusted.dynamodb.send(new CreateTableCommand(tableDefinition(names.tableName)));
    await waitUntilTableExists(
      { client: trusted.dynamodb, maxWaitTime: 20, minDelay: 0.02, maxDelay: 1 },
      { TableName: names.tableName },
    );
    await trusted.s3.send(new CreateBucketCommand({ Bucket: names.bucket }));
    const response = await fetch(`${control}/rules`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(rules.map(({ name: _, ...rule }) => rule)),
    });
    if (!response.ok) throw new Error(`microburst refused the rules: ${await response.text()}`);
    return {
      ...connect(clients, trusted, names),
      async fired() {
        const response = await fetch(`${control}/rules`);
        const counted = v.parse(FiredRules, await response.json());
        return Object.fromEntries(rules.map(({ name }, i) => [name, counted[i]?.fired_count ?? 0]));
      },
      close: async () => {
        for (const client of [...Object.values(clients), ...Object.values(trusted)]) {
          client.destroy();
        }
        await end(proxy);
      },
    };
  } catch (error) {
    await end(proxy);
    throw error;
  }
}

async function installMicroburst(): Promise<string> {
  const python = join(toolsDir, "microburst");
  await once(python, microburst, async () => {
    await need("python3", ["-c", "import venv, ensurepip"], ["python3", "python3-venv"]);
    await run("python3", ["-m", "venv", python]);
    await run(join(python, "bin", "pip"), ["install", "--quiet", microburst]);
  });
  return join(python, "bin", "microburst");
}
