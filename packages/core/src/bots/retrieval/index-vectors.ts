import { type Header, magic, readHeader } from "./lexical-index.ts";
import type { VectorRows } from "./vectors.ts";

/** An index's bytes: its name, the length of its header, the header, and its sections. */
export function assemble(header: Header, sections: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([Buffer.from(magic), length, head, ...sections]);
}

/** The same index, and of whose passages vectors lie in a store. */
export function withStored(bytes: Uint8Array, stored: Header["stored"]): Uint8Array {
  const { header, body } = readHeader(bytes);
  return assemble({ ...header, stored }, [body]);
}

/** The same index, and what questions about it have in common. */
export function withTypical(bytes: Uint8Array, typical: Header["typical"]): Uint8Array {
  const { header, body } = readHeader(bytes);
  return assemble({ ...header, typical }, [body]);
}

/** The same index with vectors of its passages. */
export function withVectors(
  bytes: Uint8Array,
  embedderId: string,
  { dimensions, rows, scales }: VectorRows,
): Uint8Array {
  const { header, body } = readHeader(bytes);
  const scaleBytes = new Uint8Array(scales.buffer, scales.byteOffset, scales.byteLength);
  const rowBytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  const vectors: Header["vectors"] = {
    embedderId,
    dimensions,
    scales: [body.length, scaleBytes.length],
    rows: [body.length + scaleBytes.length, rowBytes.length],
  };
  return assemble({ ...header, vectors }, [body, scaleBytes, rowBytes]);
}
