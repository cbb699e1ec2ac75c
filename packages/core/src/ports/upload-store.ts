/** How a browser sends a file: by a form whose last field is the file, or as the body. */
export type UploadTarget =
  | { method: "POST"; url: string; fields: Record<string, string> }
  | { method: "PUT"; url: string };

/** Takes in files that are too large for one request of an API. */
export interface UploadStore {
  /**
   * Where a browser sends an object itself, for so many seconds; `undefined` where no browser may
   * reach the store and the bytes come through the API.
   * @param bytes of the object; no other number is taken.
   */
  target(
    path: string,
    options: { bytes: number; expiresSeconds: number },
  ): Promise<UploadTarget | undefined>;
  /** Stores what comes in pieces; there is no object before all is there. */
  receive(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Of an object, in bytes; `undefined` where there is none. */
  size(path: string): Promise<number | undefined>;
}
