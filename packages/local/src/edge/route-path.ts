interface Path {
  segments: string[];
}

/** Literal segments win over parameters, and those over greedy ones. */
export function bySpecificity(a: Path, b: Path): number {
  const weight = (part: string | undefined) => {
    if (part === undefined) return 3;
    if (!part.startsWith("{")) return 0;
    return part.endsWith("+}") ? 2 : 1;
  };
  for (let index = 0; index < Math.max(a.segments.length, b.segments.length); index++) {
    const difference = weight(a.segments[index]) - weight(b.segments[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}
