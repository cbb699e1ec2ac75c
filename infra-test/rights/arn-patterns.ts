/**
 * Whether two patterns of ARNs have an ARN in common. `*` stands for anything, as in IAM's policies; `${…}`
 * for a name, as in AWS's published authorization data.
 */
export function overlap(a: string, b: string): boolean {
  const left = piecesOf(a);
  const right = piecesOf(b);
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const at = i * (right.length + 1) + j;
    const before = known.get(at);
    if (before !== undefined) return before;
    // Until it is known, what leads back here leads nowhere.
    known.set(at, false);
    const found = step(i, j);
    known.set(at, found);
    return found;
  };
  const step = (i: number, j: number): boolean => {
    const [x, y] = [left[i], right[j]];
    if (x === undefined && y === undefined) return true;
    if (x?.many && from(i + 1, j)) return true;
    if (y?.many && from(i, j + 1)) return true;
    if (x === undefined || y === undefined || !meet(x, y)) return false;
    const nextLeft = x.many ? i : i + 1;
    const nextRight = y.many ? j : j + 1;
    return from(nextLeft, nextRight) || from(i + 1, j + 1);
  };
  return from(0, 0);
}

/** One character, or any number of a kind. */
interface Piece {
  many: boolean;
  /** Of one character: which. */
  is?: string;
  /** Of many: characters that are not among them. */
  not: string;
}

const meet = (x: Piece, y: Piece): boolean => {
  if (x.is !== undefined && y.is !== undefined) return x.is === y.is;
  if (x.is !== undefined) return !y.not.includes(x.is);
  return y.is === undefined || !x.not.includes(y.is);
};

/** Ids of API Gateway hold no slash; paths of objects and names of log groups do. */
function piecesOf(pattern: string): Piece[] {
  const not = pattern.includes(":apigateway:") ? "/" : "";
  return [...pattern.matchAll(/\$\{[^}]*\}|\*|./gs)].flatMap(([text]): Piece[] => {
    if (text === "*") return [{ many: true, not: "" }];
    if (text.startsWith("${")) return [{ many: true, not }];
    return [{ many: false, is: text, not: "" }];
  });
}
