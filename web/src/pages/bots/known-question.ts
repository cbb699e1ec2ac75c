/**
 * What a bot can answer: what it answered last in this browser, or what its template proposes. The
 * playground offers it and the snippets ask it.
 */
const nameOf = (botId: string) => `outlet.question.${botId}`;
const lengthMax = 300;

export function rememberQuestion(botId: string, text: string): void {
  if (text.length <= lengthMax) localStorage.setItem(nameOf(botId), text);
}

export const knownQuestion = (botId: string): string | null => localStorage.getItem(nameOf(botId));
