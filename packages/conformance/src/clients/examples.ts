import { readFile } from "node:fs/promises";

/** An example as the console shows it for a bot: the files have one placeholder. */
export async function example(name: string, endpoint: string): Promise<string> {
  const file = new URL(`../../../../examples/${name}`, import.meta.url);
  return (await readFile(file, "utf8")).replaceAll("https://ENDPOINT", endpoint);
}
