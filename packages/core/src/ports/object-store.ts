/** Bytes too large for a table item. */
export interface ObjectStore {
  put(path: string, body: Uint8Array, contentType: string): Promise<void>;
  /** `undefined` where there is no such object. */
  get(path: string): Promise<Uint8Array | undefined>;
  /**
   * A part of an object, `length` bytes from `from` on, fewer where it ends before.
   * @param length at least 1.
   */
  getRange(path: string, from: number, length: number): Promise<Uint8Array | undefined>;
  remove(path: string): Promise<void>;
}
