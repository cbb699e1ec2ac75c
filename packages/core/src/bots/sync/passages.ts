const passageLengthMax = 1_200;

/**
 * Cuts a text into passages of at most about 1,200 characters: at blank lines, and where a paragraph
 * is longer, at sentence ends. Short neighbours are kept together.
 */
export function cut(text: string): string[] {
  const passages: string[] = [];
  let current = "";
  for (const piece of text.split(/\n\s*\n/).flatMap(sentences)) {
    if (current && current.length + piece.length + 2 > passageLengthMax) {
      passages.push(current);
      current = "";
    }
    current = current ? `${current}\n\n${piece}` : piece;
  }
  if (current) passages.push(current);
  return passages;
}

function sentences(paragraph: string): string[] {
  const trimmed = paragraph.trim();
  if (trimmed.length <= passageLengthMax) return trimmed ? [trimmed] : [];
  const pieces: string[] = [];
  let rest = trimmed;
  while (rest.length > passageLengthMax) {
    const window = rest.slice(0, passageLengthMax);
    const end = Math.max(window.lastIndexOf(". "), window.lastIndexOf("\n"));
    const at = end > passageLengthMax / 2 ? end + 1 : passageLengthMax;
    pieces.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  if (rest) pieces.push(rest);
  return pieces;
}
