import { Inflate } from "fflate";
import { limits } from "./limits.ts";
import { Unreadable } from "../../ports/index.ts";

interface Entry {
  name: string;
  /** Of its local header. */
  offset: number;
  compressedBytes: number;
  stored: boolean;
  encrypted: boolean;
}

/** Packed bytes given to the inflater at once: one of them becomes a thousand at most. */
const stepBytes = 16 * 1024;

/**
 * A zip archive by its central directory. What its parts unpack to is counted, never believed: the
 * sizes it states are not looked at.
 */
export class Archive {
  readonly #bytes: Buffer;
  readonly #entries: Map<string, Entry>;
  readonly #inflatedMax: number;
  #inflated = 0;

  /** @throws Unreadable `broken`, `inflates_too_much` */
  constructor(bytes: Uint8Array, inflatedMax: number = limits.inflatedBytesMax) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#inflatedMax = inflatedMax;
    this.#entries = readDirectory(this.#bytes);
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Hands on a part piece by piece; `false` where there is none of that name. */
  read(name: string, take: (piece: Uint8Array) => void): boolean {
    const entry = this.#entries.get(name);
    if (!entry) return false;
    if (entry.encrypted) throw encrypted();
    const packed = this.#packed(entry);
    const count = (piece: Uint8Array) => {
      this.#inflated += piece.length;
      if (this.#inflated > this.#inflatedMax) throw inflatesTooMuch(this.#inflatedMax);
      take(piece);
    };
    if (entry.stored) count(packed);
    else inflate(packed, count);
    return true;
  }

  /** A part whole, as text in UTF-8 or UTF-16 as XML has it. */
  bytes(name: string): Buffer | undefined {
    const pieces: Uint8Array[] = [];
    // The inflater uses its buffer again.
    return this.read(name, (piece) => pieces.push(piece.slice()))
      ? Buffer.concat(pieces)
      : undefined;
  }

  #packed({ offset, compressedBytes }: Entry): Buffer {
    const all = this.#bytes;
    if (offset + 30 > all.length || all.readUInt32LE(offset) !== 0x04034b50) throw broken();
    const from = offset + 30 + all.readUInt16LE(offset + 26) + all.readUInt16LE(offset + 28);
    if (from + compressedBytes > all.length) throw broken();
    return all.subarray(from, from + compressedBytes);
  }
}

function inflate(packed: Buffer, take: (piece: Uint8Array) => void): void {
  const inflater = new Inflate((piece) => take(piece));
  try {
    for (let at = 0; at < packed.length; at += stepBytes) {
      const end = Math.min(at + stepBytes, packed.length);
      inflater.push(packed.subarray(at, end), end === packed.length);
    }
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw broken(error);
  }
}

/** Reads the list of entries at the archive's end (APPNOTE.TXT 4.3.12 and 4.3.16). */
function readDirectory(all: Buffer): Map<string, Entry> {
  const end = all.lastIndexOf(Buffer.from("504b0506", "hex"));
  if (end === -1 || end + 22 > all.length) throw broken();
  const count = all.readUInt16LE(end + 10);
  let at = all.readUInt32LE(end + 16);
  if (count > limits.entriesMax) {
    throw new Unreadable(
      "inflates_too_much",
      `It has more than ${limits.entriesMax.toLocaleString("en")} parts. Export it as .pdf or text, then upload that.`,
    );
  }
  const entries = new Map<string, Entry>();
  for (let i = 0; i < count; i++) {
    if (at + 46 > all.length || all.readUInt32LE(at) !== 0x02014b50) throw broken();
    const nameLength = all.readUInt16LE(at + 28);
    const method = all.readUInt16LE(at + 10);
    const name = all.toString("utf8", at + 46, at + 46 + nameLength).replaceAll("\\", "/");
    if (method === 0 || method === 8) {
      entries.set(name.replace(/^\.?\//, ""), {
        name,
        offset: all.readUInt32LE(at + 42),
        compressedBytes: all.readUInt32LE(at + 20),
        stored: method === 0,
        encrypted: (all.readUInt16LE(at + 8) & 1) === 1,
      });
    }
    at += 46 + nameLength + all.readUInt16LE(at + 30) + all.readUInt16LE(at + 32);
  }
  return entries;
}

export const broken = (cause?: unknown): Unreadable =>
  new Unreadable(
    "broken",
    "It is damaged or incomplete. Open it in its own program, save it again, then upload that.",
    { cause },
  );

export const encrypted = (): Unreadable =>
  new Unreadable(
    "encrypted",
    "It is protected by a password. Remove the password, then upload it again.",
  );

const inflatesTooMuch = (max: number): Unreadable =>
  new Unreadable(
    "inflates_too_much",
    `It unpacks to more than ${Math.round(max / 1024 / 1024)} MB. Split it into several files.`,
  );
