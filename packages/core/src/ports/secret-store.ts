/** Bytes of a secret in UTF-8 at most: what a parameter of Systems Manager's standard tier holds. */
export const secretBytesMax = 4_096;

/**
 * Secrets that a bot's tools use and nobody reads back. One is never changed: a new value is a new
 * secret with an id of its own, so whoever has read one may keep it.
 *
 * Failures of the store itself throw `StoreUnavailable`.
 */
export interface SecretStore {
  /** @param value 1 to {@link secretBytesMax} bytes. @throws where there is one of that id. */
  put(botId: string, secretId: string, value: string): Promise<void>;
  /** For the call that needs it, at the moment it does. */
  get(botId: string, secretId: string): Promise<string | undefined>;
  /** Removing what is not there holds. */
  remove(botId: string, secretId: string): Promise<void>;
  removeAll(botId: string): Promise<void>;
}
