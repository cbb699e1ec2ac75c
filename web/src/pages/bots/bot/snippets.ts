import { useCurrentBot } from "./bot-context.ts";
import { useQuestion } from "./questions.ts";

/** What every bot can be asked, where nothing is known that this one answers. */
const anything = "What can you do?";

/** As it stands between a shell's single quotes. */
const inQuotes = (text: string): string => text.replaceAll("'", () => "'\\''");

/** One command that works as it is pasted; `wait` makes it answer in one go where that is quick. */
function curl(endpoint: string, key: string, question: string): string {
  const message = { content: [{ contentType: "text", body: question }] };
  return `curl -sS '${endpoint}/conversation' \\
  -H 'x-api-key: ${key}' \\
  -H 'content-type: application/json' \\
  -H 'prefer: wait=20' \\
  -d '${inQuotes(JSON.stringify({ message }))}'`;
}

/** The command for the bot whose page it is on, with a key, asking what that bot can answer. */
export function useCurl(): (endpoint: string, key: string) => string {
  const bot = useCurrentBot();
  const question = useQuestion(() => bot().botId);
  return (endpoint, key) => curl(endpoint, key, question() ?? anything);
}
