/** A heading of a PDF's outline, which names chapters and where they begin. */
export interface Chapter {
  title: string;
  /** 1 is the outermost. */
  level: number;
}

interface Item {
  title: string;
  dest: unknown;
  items: Item[];
}

interface Outlined {
  getOutline(): Promise<Item[] | null>;
  getDestination(name: string): Promise<unknown[] | null>;
  getPageIndex(ref: { num: number; gen: number }): Promise<number>;
}

const chaptersMax = 3_000;
const levelMax = 6;

/** Chapters by the page on which they begin; empty where there is no outline. */
export async function readOutline(pdf: Outlined): Promise<Map<number, Chapter[]>> {
  const chapters = new Map<number, Chapter[]>();
  const roots = await pdf.getOutline().catch(() => null);
  const waiting = (roots ?? []).map((item) => ({ item, level: 1 })).toReversed();
  for (let i = 0; i < chaptersMax; i++) {
    const next = waiting.pop();
    if (!next) break;
    const { item, level } = next;
    const page = await pageOf(pdf, item.dest).catch(() => undefined);
    if (page !== undefined && item.title.trim() !== "") {
      const here = chapters.get(page) ?? [];
      chapters.set(page, [...here, { title: item.title, level }]);
    }
    if (level >= levelMax) continue;
    for (const child of item.items.toReversed()) waiting.push({ item: child, level: level + 1 });
  }
  return chapters;
}

async function pageOf(pdf: Outlined, dest: unknown): Promise<number | undefined> {
  const explicit: unknown = typeof dest === "string" ? await pdf.getDestination(dest) : dest;
  const target: unknown = Array.isArray(explicit) ? explicit[0] : undefined;
  if (typeof target === "number") return target + 1;
  if (typeof target !== "object" || target === null) return undefined;
  if (!("num" in target) || !("gen" in target)) return undefined;
  const { num, gen } = target;
  if (typeof num !== "number" || typeof gen !== "number") return undefined;
  return (await pdf.getPageIndex({ num, gen })) + 1;
}
