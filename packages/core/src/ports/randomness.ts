import { nodeCrypto } from "./builtins.ts";

export interface Randomness {
  /** Cryptographically strong bytes. */
  bytes(length: number): Uint8Array;
  /** Uniform in [0, 1); for jitter, not for secrets. */
  fraction(): number;
}

export const systemRandomness: Randomness = {
  bytes: (length) => nodeCrypto().randomBytes(length),
  fraction: () => Math.random(),
};
