import * as v from "valibot";
import { ByteReader } from "./bytes.ts";
import { codes } from "./language-codes.ts";
import { VectorRows } from "./vectors.ts";

/**
 * An inverted index in one piece of bytes, read where it lies:
 *
 * magic, length of the header (uint32), header (JSON), then its sections:
 * - `places`: for each passage where its record begins in its source's passages, how long that is,
 *   and its length in tokens (3 × uint32);
 * - `dictionary`: terms in ascending order of UTF-16 units, in blocks of {@link blockSize}: letters
 *   shared with the term before, letters that follow, passages, bytes of postings;
 * - `blocks`: for each block its first term, and where it and its postings begin;
 * - `postings`: for each term its passages in ascending order, as difference and count.
 */
export const magic = "outlet-lexical-1";
export const blockSize = 64;

const Section = v.tuple([v.number(), v.number()]);

export const Source = v.object({
  sourceId: v.string(),
  /** Of its passages: another one means that they were read again. */
  version: v.string(),
  name: v.string(),
  /** How many passages of it are in the index, one after the other. */
  passages: v.number(),
});
export type Source = v.InferOutput<typeof Source>;

export const Header = v.object({
  /** Of how text becomes terms: another one finds less, until the index is built again. */
  analysis: v.number(),
  passages: v.number(),
  /** Tokens of all passages. */
  tokens: v.number(),
  languages: v.array(v.picklist(codes)),
  sources: v.array(Source),
  blocks: Section,
  dictionary: Section,
  places: Section,
  postings: Section,
  /** Of the passages, by one model: a row of int8 each, and what a step of it is worth (float32). */
  vectors: v.optional(
    v.object({ embedderId: v.string(), dimensions: v.number(), scales: Section, rows: Section }),
  ),
  /**
   * What questions about these passages have in common, by one model (float32 in base64), and how many
   * passages there were when that was told.
   */
  typical: v.optional(
    v.object({ embedderId: v.string(), passages: v.number(), vector: v.string() }),
  ),
  /**
   * In place of `vectors` where they lie in a store of their own: by which model, and the places in
   * `sources` of those whose vectors are not all there.
   */
  stored: v.optional(v.object({ embedderId: v.string(), missing: v.array(v.number()) })),
});
export type Header = v.InferOutput<typeof Header>;

export interface Entry {
  term: string;
  /** In how many passages. */
  passages: number;
  /** Where its postings lie, in the section's bytes. */
  from: number;
  length: number;
}

export interface Place {
  source: Source;
  /** Of its source's passages, from 0. */
  ordinal: number;
  /** Of its record, in bytes. */
  from: number;
  length: number;
}

/** The bytes are no index that this release reads. */
export class IndexUnreadable extends Error {
  override name = "IndexUnreadable";
}

const decoder = new TextDecoder();

export class LexicalIndex {
  readonly header: Header;
  readonly bytes: number;
  /** Tokens of each passage. */
  readonly lengths: Uint32Array;
  readonly #records: Uint32Array;
  readonly #dictionary: Uint8Array;
  readonly #postings: Uint8Array;
  readonly #vectors: VectorRows | undefined;
  readonly #blocks: { term: string; at: number; postingsAt: number }[];
  /** The first passage of each source. */
  readonly #firsts: number[];
  /** Where in the header each source is; made for the first one that is asked for. */
  #sourcePlaces: Map<string, number> | undefined;

  constructor(bytes: Uint8Array) {
    const { header, body } = readHeader(bytes);
    const section = ([from, length]: [number, number]) => body.subarray(from, from + length);
    this.header = header;
    this.bytes = bytes.byteLength;
    this.#dictionary = section(header.dictionary);
    this.#postings = section(header.postings);
    this.#blocks = readBlocks(section(header.blocks));
    // Copied: an array of uint32 has to begin at a multiple of four.
    const places = new Uint32Array(new Uint8Array(section(header.places)).buffer);
    this.lengths = places.subarray(2 * header.passages);
    this.#records = places.subarray(0, 2 * header.passages);
    const { vectors } = header;
    if (vectors) {
      const scales = new Float32Array(new Uint8Array(section(vectors.scales)).buffer);
      const rows = section(vectors.rows);
      const signed = new Int8Array(rows.buffer, rows.byteOffset, rows.length);
      this.#vectors = new VectorRows(vectors.dimensions, signed, scales);
    }
    let first = 0;
    this.#firsts = header.sources.map(({ passages }) => (first += passages) - passages);
  }

  /** The entry of a term, found in one block. */
  find(term: string): Entry | undefined {
    for (const entry of this.#block(this.#blockOf(term))) {
      if (entry.term === term) return entry;
      if (entry.term > term) return undefined;
    }
    return undefined;
  }

  /** The vectors of its passages, if they are of this model. */
  vectorsBy(embedderId: string): VectorRows | undefined {
    return this.header.vectors?.embedderId === embedderId ? this.#vectors : undefined;
  }

  /** Entries in order, from the first one that is not before `term`. */
  *from(term: string): Generator<Entry> {
    for (let block = this.#blockOf(term); block < this.#blocks.length; block++) {
      for (const entry of this.#block(block)) if (entry.term >= term) yield entry;
    }
  }

  /** Calls back for each passage that holds the term. Reads by itself: it is what a search is made of. */
  each({ passages, from }: Entry, visit: (passage: number, count: number) => void): void {
    const bytes = this.#postings;
    let at = from;
    let passage = -1;
    for (let i = 0; i < passages; i++) {
      let gap = 0;
      for (let shift = 0; shift < 35; shift += 7) {
        const byte = bytes[at++] ?? 0;
        gap |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      passage += gap + 1;
      let count = 0;
      for (let shift = 0; shift < 35; shift += 7) {
        const byte = bytes[at++] ?? 0;
        count |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      visit(passage, count);
    }
  }

  place(passage: number): Place | undefined {
    const at = lastAtMost(this.#firsts, passage);
    const source = this.header.sources[at];
    if (!source) return undefined;
    return {
      source,
      ordinal: passage - (this.#firsts[at] ?? 0),
      from: this.#records[2 * passage] ?? 0,
      length: this.#records[2 * passage + 1] ?? 0,
    };
  }

  /** The passage that {@link place} tells the source and ordinal of; `undefined` where it is not here. */
  passageOf(
    { sourceId, version }: Pick<Source, "sourceId" | "version">,
    ordinal: number,
  ): number | undefined {
    this.#sourcePlaces ??= new Map(this.header.sources.map((source, i) => [source.sourceId, i]));
    const at = this.#sourcePlaces.get(sourceId) ?? -1;
    const source = this.header.sources[at];
    if (source?.version !== version || !(ordinal >= 0 && ordinal < source.passages))
      return undefined;
    return (this.#firsts[at] ?? 0) + ordinal;
  }

  /** Where the passages of sources begin and end. */
  rangesOf(sourceIds: ReadonlySet<string>): [first: number, end: number][] {
    if (sourceIds.size === 0) return [];
    return this.header.sources.flatMap(({ sourceId, passages }, i) => {
      const first = this.#firsts[i] ?? 0;
      return sourceIds.has(sourceId) ? [[first, first + passages]] : [];
    });
  }

  #blockOf(term: string): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#blocks[middle]?.term ?? "") <= term) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  *#block(number: number): Generator<Entry> {
    const block = this.#blocks[number];
    if (!block) return;
    const end = this.#blocks[number + 1]?.at ?? this.#dictionary.length;
    const reader = new ByteReader(this.#dictionary, block.at);
    let from = block.postingsAt;
    let term = "";
    while (reader.at < end) {
      const shared = reader.varint();
      term = term.slice(0, shared) + decoder.decode(reader.take(reader.varint()));
      const passages = reader.varint();
      const length = reader.varint();
      yield { term, passages, from, length };
      from += length;
    }
  }
}

export function readHeader(bytes: Uint8Array): { header: Header; body: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = magic.length + 4;
  if (bytes.length < start || decoder.decode(bytes.subarray(0, magic.length)) !== magic) {
    throw new IndexUnreadable(`The bytes do not begin with ${magic}.`);
  }
  const length = view.getUint32(magic.length, true);
  const text = decoder.decode(bytes.subarray(start, start + length));
  return { header: v.parse(Header, JSON.parse(text)), body: bytes.subarray(start + length) };
}

function readBlocks(bytes: Uint8Array): { term: string; at: number; postingsAt: number }[] {
  const reader = new ByteReader(bytes);
  const blocks = [];
  while (reader.at < bytes.length) {
    const term = decoder.decode(reader.take(reader.varint()));
    blocks.push({ term, at: reader.varint(), postingsAt: reader.varint() });
  }
  return blocks;
}

/** @returns the place of the last number that is not above `value`, in ascending numbers. */
function lastAtMost(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
