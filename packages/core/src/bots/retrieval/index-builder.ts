import { ByteWriter } from "./bytes.ts";
import { assemble } from "./index-vectors.ts";
import { type Code, codes } from "./language-codes.ts";
import { blockSize, type Entry, type Header, LexicalIndex, type Source } from "./lexical-index.ts";
import { analysis, countTerms } from "./passage-terms.ts";

/** A passage as the index sees it. */
interface Indexed {
  /** Its text, and the headings it stands under. */
  texts: readonly string[];
  /** Where its record lies among its source's passages, in bytes. */
  from: number;
  length: number;
}

export interface NewSource {
  source: Omit<Source, "passages">;
  passages: AsyncIterable<Indexed> | Iterable<Indexed>;
}

interface Options {
  /** Lets others have their turn; called again and again while the index is built. */
  pause?: () => Promise<void>;
}

/** Postings held as a map before they are written down as an index of their own. */
const batchPostingsMax = 1_000_000;
/** Units of work between two pauses: some milliseconds. */
const workBetweenPauses = 20_000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Builds an index of what an older one knows already and of new sources. Memory: the old index, the
 * new one, and {@link batchPostingsMax} postings.
 * @param kept which sources of the old index go on unchanged.
 */
export async function buildIndex(
  {
    old,
    kept,
    added,
  }: {
    old?: LexicalIndex | undefined;
    kept?: (source: Source) => boolean;
    added: AsyncIterable<NewSource> | Iterable<NewSource>;
  },
  { pause = turn }: Options = {},
): Promise<Uint8Array> {
  const rhythm = new Rhythm(pause);
  const parts: Part[] = old ? [keptPart(old, kept ?? (() => true))] : [];
  let batch = new Batch();
  for await (const { source, passages } of added) {
    batch.begin(source);
    for await (const passage of passages) {
      await rhythm.beat(batch.add(passage));
      if (batch.postings < batchPostingsMax) continue;
      parts.push(wholePart(new LexicalIndex(await write([batch], rhythm))));
      batch = new Batch();
      batch.begin(source);
    }
  }
  return write([...parts, batch], rhythm);
}

/** Something that a new index is made of. */
interface Part {
  sources: Source[];
  languages: readonly Code[];
  /** For each passage that goes on: where its record begins, how long it is, its tokens. */
  places(): Iterable<[from: number, length: number, tokens: number]>;
  /** In ascending order. Passages are numbered from 0 among those that go on. */
  terms(): Iterator<{ term: string; each: (visit: Visit) => void }>;
}
type Visit = (passage: number, count: number) => void;

class Rhythm {
  readonly #pause: () => Promise<void>;
  #work = 0;
  constructor(pause: () => Promise<void>) {
    this.#pause = pause;
  }
  async beat(work: number): Promise<void> {
    this.#work += work;
    if (this.#work < workBetweenPauses) return;
    this.#work = 0;
    await this.#pause();
  }
}

class Batch implements Part {
  readonly sources: Source[] = [];
  readonly #languages = new Set<Code>();
  readonly #places: [number, number, number][] = [];
  readonly #postings = new Map<string, number[]>();
  postings = 0;

  get languages(): Code[] {
    return codes.filter((code) => this.#languages.has(code));
  }

  begin(source: Omit<Source, "passages">): void {
    this.sources.push({ ...source, passages: 0 });
  }

  /** @returns how much work it was. */
  add({ texts, from, length }: Indexed): number {
    const { counts, tokens, languages } = countTerms(texts);
    for (const language of languages) this.#languages.add(language);
    const passage = this.#places.length;
    for (const [term, count] of counts) {
      const known = this.#postings.get(term);
      if (known) known.push(passage, count);
      else this.#postings.set(term, [passage, count]);
    }
    this.#places.push([from, length, tokens]);
    this.postings += counts.size;
    const source = this.sources.at(-1);
    if (source) source.passages += 1;
    // Segmenting and stemming cost much more than counting.
    return 10 * tokens;
  }

  places(): [number, number, number][] {
    return this.#places;
  }

  *terms(): Generator<{ term: string; each: (visit: Visit) => void }> {
    for (const term of [...this.#postings.keys()].sort(byUnits)) {
      const list = this.#postings.get(term) ?? [];
      const each = (visit: Visit) => {
        for (let i = 0; i + 1 < list.length; i += 2) visit(list[i] ?? 0, list[i + 1] ?? 0);
      };
      yield { term, each };
    }
  }
}

const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const wholePart = (index: LexicalIndex): Part => keptPart(index, () => true);

function keptPart(index: LexicalIndex, kept: (source: Source) => boolean): Part {
  const { header } = index;
  const numbers = new Int32Array(header.passages).fill(-1);
  const sources: Source[] = [];
  let from = 0;
  let count = 0;
  for (const source of header.sources) {
    if (kept(source)) {
      sources.push(source);
      for (let i = 0; i < source.passages; i++) numbers[from + i] = count++;
    }
    from += source.passages;
  }
  return {
    sources,
    languages: count > 0 ? header.languages : [],
    *places() {
      for (let passage = 0; passage < header.passages; passage++) {
        if ((numbers[passage] ?? -1) < 0) continue;
        const { from, length } = index.place(passage) ?? { from: 0, length: 0 };
        yield [from, length, index.lengths[passage] ?? 0];
      }
    },
    *terms() {
      for (const entry of index.from(""))
        yield { term: entry.term, each: keptOf(index, entry, numbers) };
    },
  };
}

const keptOf = (index: LexicalIndex, entry: Entry, numbers: Int32Array) => (visit: Visit) =>
  index.each(entry, (passage, count) => {
    const number = numbers[passage] ?? -1;
    if (number >= 0) visit(number, count);
  });

const encoder = new TextEncoder();

/** Merges parts into one index: their passages one part after the other, their terms as in a zip. */
async function write(parts: readonly Part[], rhythm: Rhythm): Promise<Uint8Array> {
  const places: number[] = [];
  const lengths: number[] = [];
  const cursors = parts.map((part) => {
    const base = lengths.length;
    for (const [from, length, tokens] of part.places()) {
      places.push(from, length);
      lengths.push(tokens);
    }
    const terms = part.terms();
    return { base, terms, next: terms.next() };
  });
  const sections = new Sections();
  for (;;) {
    let term: string | undefined;
    for (const { next } of cursors) {
      if (!next.done && (term === undefined || next.value.term < term)) term = next.value.term;
    }
    if (term === undefined) break;
    sections.begin();
    for (const cursor of cursors) {
      const { next, base } = cursor;
      if (next.done || next.value.term !== term) continue;
      next.value.each((passage, count) => sections.add(base + passage, count));
      cursor.next = cursor.terms.next();
    }
    await rhythm.beat(1 + sections.end(term));
  }
  const used = new Set(parts.flatMap(({ languages }) => languages));
  return finish(sections, Uint32Array.from([...places, ...lengths]), {
    analysis,
    passages: lengths.length,
    tokens: lengths.reduce((sum, tokens) => sum + tokens, 0),
    languages: codes.filter((code) => used.has(code)),
    sources: joinNeighbours(parts.flatMap(({ sources }) => sources)),
  });
}

/** A source that was cut by a batch's end is one again. */
function joinNeighbours(sources: readonly Source[]): Source[] {
  const joined: Source[] = [];
  for (const source of sources) {
    const last = joined.at(-1);
    if (last?.sourceId === source.sourceId) last.passages += source.passages;
    else joined.push({ ...source });
  }
  return joined.filter(({ passages }) => passages > 0);
}

/** The dictionary and the postings, written term by term. */
class Sections {
  readonly blocks = new ByteWriter();
  readonly dictionary = new ByteWriter();
  readonly postings = new ByteWriter();
  #terms = 0;
  #before = "";
  #from = 0;
  #passages = 0;
  #last = -1;

  begin(): void {
    this.#from = this.postings.length;
    this.#passages = 0;
    this.#last = -1;
  }

  add(passage: number, count: number): void {
    this.postings.varint(passage - this.#last - 1);
    this.postings.varint(count);
    this.#last = passage;
    this.#passages += 1;
  }

  /** @returns in how many passages the term is; one in none is left out. */
  end(term: string): number {
    if (this.#passages === 0) return 0;
    const first = this.#terms % blockSize === 0;
    if (first) {
      const bytes = encoder.encode(term);
      this.blocks.varint(bytes.length);
      this.blocks.append(bytes);
      this.blocks.varint(this.dictionary.length);
      this.blocks.varint(this.#from);
    }
    const shared = first ? 0 : sharedUnits(this.#before, term);
    const rest = encoder.encode(term.slice(shared));
    this.dictionary.varint(shared);
    this.dictionary.varint(rest.length);
    this.dictionary.append(rest);
    this.dictionary.varint(this.#passages);
    this.dictionary.varint(this.postings.length - this.#from);
    this.#before = term;
    this.#terms += 1;
    return this.#passages;
  }
}

function sharedUnits(a: string, b: string): number {
  let count = 0;
  while (count < a.length && count < b.length && a[count] === b[count]) count += 1;
  // Half a character cannot be written down.
  return /[\uD800-\uDBFF]/.test(b[count - 1] ?? "") ? count - 1 : count;
}

function finish(
  { blocks, dictionary, postings }: Sections,
  places: Uint32Array,
  facts: Omit<Header, "blocks" | "dictionary" | "places" | "postings">,
): Uint8Array {
  const body = [blocks.view(), dictionary.view(), new Uint8Array(places.buffer), postings.view()];
  let at = 0;
  const [a, b, c, d] = body.map((bytes): [number, number] => [
    (at += bytes.length) - bytes.length,
    bytes.length,
  ]);
  const none: [number, number] = [0, 0];
  const header: Header = {
    ...facts,
    blocks: a ?? none,
    dictionary: b ?? none,
    places: c ?? none,
    postings: d ?? none,
  };
  return assemble(header, body);
}
