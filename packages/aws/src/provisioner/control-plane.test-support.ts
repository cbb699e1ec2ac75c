import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "@outlet/core/ports";
import { GatewayKeyStore } from "./gateway-keys.test-support.ts";
import { type Act, type FakeStack, StackMachine } from "./stack-machine.test-support.ts";

/** An answer in place of the real one, as AWS words it. */
interface Refusal {
  status: number;
  code: string;
  message: string;
}

/**
 * CloudFormation's and API Gateway's control planes on the wire, with stacks that take their time on
 * a clock of the test's own and can be made to fail.
 */
export async function startControlPlane(clock: Clock) {
  const stacks = new StackMachine(clock);
  const keys = new GatewayKeyStore();
  const refusals = new Map<string, Refusal[]>();
  const lostReplies = new Map<string, number>();
  const calls: { action: string; parameters: Record<string, string> }[] = [];

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await textOf(req);
    const isForm = req.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
    if (!isForm) return keys.handle(req, res, body);
    const parameters = Object.fromEntries(new URLSearchParams(body));
    const action = parameters.Action ?? "";
    calls.push({ action, parameters });
    const refusal = refusals.get(action)?.shift();
    const answer = refusal ?? stacks.answer(action, parameters);
    const lost = lostReplies.get(action) ?? 0;
    if (lost > 0) {
      lostReplies.set(action, lost - 1);
      return void req.socket.destroy();
    }
    res.setHeader("content-type", "text/xml");
    if (typeof answer === "string") {
      return void res.end(
        `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">` +
          `<${action}Result>${answer}</${action}Result></${action}Response>`,
      );
    }
    res
      .writeHead(answer.status)
      .end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${answer.code}</Code>` +
          `<Message>${answer.message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      );
  };
  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    keys,
    calls,
    stack: (name: string): FakeStack | undefined => stacks.byName(name),
    /** When each act began, of all stacks. */
    starts: stacks.starts,
    /** The next such act fails with this reason. */
    failNext: (act: Act, reason: string) => stacks.failNext(act, reason),
    refuseNext: (action: string, refusal: Refusal, times = 1) =>
      refusals.set(action, Array(times).fill(refusal)),
    /** The next calls are carried out, but their answer does not arrive. */
    loseReplies: (action: string, times: number) => lostReplies.set(action, times),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function textOf(req: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of req) text += chunk;
  return text;
}
