import { socketPathOf } from "./unix-endpoint.ts";

// Not by import: see `lean/exchange.ts`.
const { Agent } = process.getBuiltinModule("node:http");
type Agent = InstanceType<typeof Agent>;

/**
 * How the SDK reaches an endpoint: a URL as it is, a Unix socket by an agent that connects there
 * whatever the URL says.
 */
export function reach(endpoint: string, maxSockets = 50): { endpoint: string; httpAgent?: Agent } {
  const socketPath = socketPathOf(endpoint);
  if (socketPath === undefined) return { endpoint };
  // An agent's options stand in for a request's own, whose `socketPath` Node connects to.
  const options = { keepAlive: true, maxSockets, socketPath };
  return { endpoint: "http://localhost", httpAgent: new UnixAgent(options) };
}

class UnixAgent extends Agent {
  override createConnection(...args: Parameters<Agent["createConnection"]>) {
    const socket = super.createConnection(...args);
    socket?.prependOnceListener("error", refused);
    return socket;
  }
}

/** Node removes a socket whose server has ended; the SDK knows only what a port says of that. */
function refused(this: unknown, error: NodeJS.ErrnoException): void {
  if (error.code === "ENOENT") error.code = "ECONNREFUSED";
}
