/** The places of the highest scores above zero, highest first: a heap whose root is the least of them. */
export function bestOf(scores: Float32Array, limit: number): number[] {
  const heap: number[] = [];
  const before = (x: number, y: number): boolean => {
    const difference = (scores[x] ?? 0) - (scores[y] ?? 0);
    return difference < 0 || (difference === 0 && x > y);
  };
  for (let passage = 0; passage < scores.length; passage++) {
    if ((scores[passage] ?? 0) <= 0) continue;
    if (heap.length < limit) {
      heap.push(passage);
      rise(heap, before);
    } else if (heap[0] !== undefined && before(heap[0], passage)) {
      heap[0] = passage;
      sink(heap, before);
    }
  }
  return heap.sort((x, y) => (before(x, y) ? 1 : -1));
}

type Before = (x: number, y: number) => boolean;

function rise(heap: number[], before: Before): void {
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!swapIf(heap, at, parent, before)) return;
    at = parent;
  }
}

function sink(heap: number[], before: Before): void {
  for (let at = 0; ; ) {
    const left = 2 * at + 1;
    const right = left + 1;
    const [x, y] = [heap[left], heap[right]];
    if (x === undefined) return;
    const child = y !== undefined && before(y, x) ? right : left;
    if (!swapIf(heap, child, at, before)) return;
    at = child;
  }
}

/** Puts what belongs nearer to the root there. */
function swapIf(heap: number[], child: number, parent: number, before: Before): boolean {
  const [x, y] = [heap[child], heap[parent]];
  if (x === undefined || y === undefined || !before(x, y)) return false;
  heap[child] = y;
  heap[parent] = x;
  return true;
}
