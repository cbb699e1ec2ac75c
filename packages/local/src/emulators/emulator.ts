import type { Server } from "node:http";

export interface Emulator {
  port: number;
  /** Resolves once everything is on disk. */
  stop(): Promise<void>;
}

/** On loopback, on a port of the system's choice. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(portOf(server)));
  });
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
}
