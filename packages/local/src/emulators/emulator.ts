import type { Server } from "node:net";

export interface Emulator {
  /** Resolves once everything is on disk. */
  stop(): Promise<void>;
}

/** On a Unix socket, or a named pipe. */
export function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
