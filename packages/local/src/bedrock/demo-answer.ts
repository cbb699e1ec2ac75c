import type { Material } from "./demo-knowledge.ts";
import { type Candidate, type Found, search, termsOf } from "./demo-search.ts";
import { splitSentences } from "./demo-sentences.ts";
import { tokenise } from "./tokens.ts";

const quoteTokensMax = 80;
/** By whole characters, as many as one token may have. */
const quoteStart = /^.{0,600}/su;

/** Verbatim and in quotation marks; what is too long is cut, and shows it. */
function quote(text: string): string {
  const flat = text.trim().replace(/\s+/g, " ");
  const start = quoteStart.exec(flat)?.[0] ?? "";
  const cut = tokenise(start).slice(0, quoteTokensMax).join("");
  return cut === flat ? `"${flat}"` : `"${cut} …"`;
}

/**
 * The demo model's whole answer: who it is, then what it found, quoted. An instruction shapes the
 * answer and is never quoted: clients of a published bot are not told it. It depends on nothing but
 * the material.
 * @param results of what it has called.
 */
export function composeAnswer(
  material: Material,
  results: readonly { name: string; text: string }[] = [],
): string {
  const called = results.filter(({ text }) => !/<passage\b/i.test(text));
  const told = called.map(({ name, text }) => `The tool ${name} says: ${quote(text)}`).join(" ");
  const said = respond(material, told !== "");
  return [introduce(material), describeAttachments(material), told, said]
    .filter((part) => part !== "")
    .join(" ")
    .replaceAll(" \n", "\n");
}

const beginning = /\bbegin with (?=["“])/i;
const greetingMax = 300;

/** What an instruction gives to begin with: `Begin with "Welcome to Café Luna."` */
function greetingOf(instruction: string): string | undefined {
  const after = instruction.split(beginning)[1];
  const [, words, ...rest] = after?.split(after.startsWith('"') ? '"' : /[“”]/) ?? [];
  // Nothing follows a quotation mark that is never closed.
  if (!words || rest.length === 0 || words.length > greetingMax) return undefined;
  return words;
}

function introduce({ instruction }: Material): string {
  const words = greetingOf(instruction);
  return words === undefined ? "Outlet demo model." : `Outlet demo model: ${words}`;
}

function describeAttachments({ attachments }: Material): string {
  if (attachments.length === 0) return "";
  return `You attached: ${attachments.map(({ description }) => description).join(", ")}.`;
}

/** @param isTold whether a tool has said something already: nothing is admitted then. */
function respond(material: Material, isTold: boolean): string {
  if (isTold && material.passages.length === 0) return "";
  return (
    recall(material) ?? answer(material) ?? overview(material) ?? (isTold ? "" : admit(material))
  );
}

const ofUser = /\bwhat (?:was|were|did|have) (?:i|my)\b/i;
const saying =
  /\b(?:ask|asked|say|said|tell|told|write|wrote|question|questions|message|messages)\b/i;

/** Whether the first comes before the second, in one look at each: a question may be long. */
function asksUser(line: string): boolean {
  const asks = ofUser.exec(line);
  return asks !== null && saying.test(line.slice(asks.index + asks[0].length));
}

/** Questions about the conversation itself. */
function recall({ userTurns, assistantTurns }: Material): string | undefined {
  const question = userTurns.at(-1) ?? "";
  const earlier = userTurns.slice(0, -1);
  const asksModel =
    /\bwhat did you (?:say|answer|tell|reply)\b|\bwhat was your (?:last )?answer\b/i;
  if (question.split("\n").some(asksUser)) {
    // "What did I tell you about the deadline?" has a subject, and is searched for it.
    const subject = termsOf(question).filter((term) => !termsOf(askingWords).includes(term));
    if (subject.length > 0) return undefined;
    const turn = /\bfirst\b/i.test(question) ? earlier[0] : earlier.at(-1);
    return turn === undefined
      ? "This is the first message of the conversation: you asked nothing before."
      : `Before this you said: ${quote(turn)}`;
  }
  if (asksModel.test(question)) {
    const turn = assistantTurns.at(-1);
    return turn === undefined ? "I said nothing before." : `Before this I said: ${quote(turn)}`;
  }
  return undefined;
}

const askingWords =
  "ask asked say said tell told write wrote question questions message messages previous previously just";

/** Whether a question leans on the one before it. */
function isFollowUp(question: string): boolean {
  const terms = termsOf(question).length;
  if (terms === 0) return true;
  const opens = /^\s*(?:and|but|so|then|also|or|what about|how about|why)\b/i.test(question);
  const points = /\b(?:it|its|that|those|these|they|them|their|one|ones|there|else)\b/i.test(
    question,
  );
  return (opens && terms <= 4) || (points && terms <= 2);
}

interface Query {
  terms: Map<string, number>;
  /** The user turns it leans on, latest first. */
  follows: string[];
}

/** Of one turn; a pasted page is not looked for word by word. */
const termsMax = 50;

function readQuery(userTurns: string[]): Query {
  const terms = new Map<string, number>();
  const follows: string[] = [];
  const latestFirst = userTurns.toReversed();
  for (const [distance, turn] of latestFirst.entries()) {
    for (const term of termsOf(turn).slice(0, termsMax)) {
      if (!terms.has(term)) terms.set(term, 0.5 ** distance);
    }
    const before = latestFirst[distance + 1];
    if (before === undefined || !isFollowUp(turn)) break;
    follows.push(before);
  }
  return { terms, follows };
}

const ofMine = /\b(?:i|my|mine|me|we|our|us)\b/i;

function gather(material: Material, isFollowUp: boolean): Candidate[] {
  const { passages, userTurns, assistantTurns } = material;
  const said = assistantTurns.join("\n");
  // The user's own words answer questions about the user, and seldom a follow-up to themselves.
  const ownWeight = ofMine.test(userTurns.at(-1) ?? "") ? 2 : isFollowUp ? 0.05 : 0.5;
  const candidates: Candidate[] = [];
  const add = (source: string, text: string, weigh: (sentence: string) => number): void => {
    for (const sentence of splitSentences(text)) {
      candidates.push({ ...sentence, source, weight: weigh(sentence.text) });
    }
  };
  passages.forEach(({ source, text }, rank) => {
    // What was quoted before is known; a follow-up is after something new.
    add(source, text, (sentence) => (said.includes(sentence) ? 0.3 : 1) / (1 + rank / 20));
  });
  for (const turn of userTurns.slice(0, -1)) {
    // Nor does the question that a follow-up leans on.
    const asked = isFollowUp ? 0.001 : 0.05;
    add("you", turn, (sentence) => (sentence.endsWith("?") ? asked : ownWeight));
  }
  return candidates;
}

function answer(material: Material): string | undefined {
  const { terms, follows } = readQuery(material.userTurns);
  if (terms.size === 0) return undefined;
  const found = search(gather(material, follows.length > 0), terms);
  const chosen = choose(found, sentencesWanted(material.instruction));
  if (chosen.length === 0) return undefined;
  const lead = follows[0] === undefined ? "" : `Following on from ${quote(follows[0])}: `;
  return lead + present(chosen, /\bbullet/i.test(material.instruction));
}

/** An instruction may say how much it wants; two sentences where it does not. */
function sentencesWanted(instruction: string): number {
  if (/\b(?:one|a single|1) (?:short )?sentence\b|\bbrief(?:ly)?\b/i.test(instruction)) return 1;
  if (/\b(?:three|3) (?:short )?sentences\b/i.test(instruction)) return 3;
  return 2;
}

/** The best, and what is about as good; the same words only once. */
function choose(found: Found[], count: number): Candidate[] {
  const best = found[0]?.score ?? 0;
  const byText = new Map(
    found
      .filter(({ score }) => score >= best * 0.4)
      .toReversed()
      .map(({ candidate }) => [candidate.text, candidate]),
  );
  return [...byText.values()].toReversed().slice(0, count);
}

function present(chosen: Candidate[], asBullets: boolean): string {
  if (asBullets) {
    return chosen.map(({ source, text }) => `\n- ${nameOf(source)}: ${quote(text)}`).join("");
  }
  return chosen
    .map(({ source, text }, index) =>
      source === chosen[index - 1]?.source ? quote(text) : `${verbOf(source)}: ${quote(text)}`,
    )
    .join(" ");
}

const nameOf = (source: string): string => (source === "you" ? "You, earlier" : source);

const verbOf = (source: string): string =>
  source === "you" ? "You said earlier" : `${nameOf(source)} says`;

/** "Summarise this" names nothing to look for: what each source begins with is the best there is. */
function overview({ passages, userTurns, instruction }: Material): string | undefined {
  const question = userTurns.at(-1) ?? "";
  if (!/\b(?:summar\w+|overview|gist|describe|explain|read)\b/i.test(question)) return undefined;
  const openings = passages.flatMap(({ source, text }): Candidate[] => {
    const first = splitSentences(text)[0];
    return first ? [{ ...first, source, weight: 1 }] : [];
  });
  if (openings.length === 0) return undefined;
  return present(openings.slice(0, sentencesWanted(instruction)), /\bbullet/i.test(instruction));
}

function admit({ instruction, passages }: Material): string {
  const sources = [...new Set(passages.map(({ source }) => source))];
  const has = [
    ...(instruction === "" ? [] : ["my instruction"]),
    ...(passages.length === 0
      ? []
      : [`${passages.length} passage${passages.length > 1 ? "s" : ""} from ${sources.join(", ")}`]),
  ];
  const all = has.length === 0 ? "nothing to answer from" : has.join(" and ");
  return `I only quote what I was given, and found nothing in it that matches. I have ${all}.`;
}
