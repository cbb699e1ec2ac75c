import type { copy } from "./copy.ts";

export interface Template {
  name: keyof typeof copy.templates.names;
  instruction: string;
  /** What it answers from, to be replaced by one's own. */
  source?: { name: string; text: string };
  /** Tools of the house's own, which work with every model. */
  tools?: ("calculator" | "time")[];
  /** One that it answers as it stands: what the playground proposes and the snippets ask. */
  question: string;
}

/** To begin with: each answers something sensible before anything has been written. */
export const templates: Template[] = [
  {
    name: "handbook",
    instruction: [
      "You answer customers of a shop from its handbook.",
      "Answer in at most four sentences and say which part of the handbook the answer is from.",
      "Where the handbook says nothing about it, say so and give the address help@example.com.",
    ].join("\n"),
    source: {
      name: "handbook.md",
      text: `# Handbook of an example shop

## Opening hours
The shop is open from Monday to Friday, 9:00 to 18:00, and on Saturday, 10:00 to 14:00.

## Returns
Goods that have not been used can be returned within 30 days. The buyer pays for sending them back.

## Delivery
Orders that come before 14:00 leave on the same day. Delivery takes two to four days.
`,
    },
    question: "When is the shop open on Saturday?",
  },
  {
    name: "policies",
    instruction: [
      "You answer questions of employees about the policies of their company.",
      "Quote the sentence of the policy that decides the question, then say in one sentence what it means.",
      "Never guess: where no policy decides it, say who to ask instead.",
    ].join("\n"),
    source: {
      name: "travel-policy.md",
      text: `# Travel policy of an example company

1. Journeys of less than four hours are made by train, second class.
2. A night in a hotel may cost up to 140 EUR; more needs the consent of the head of the department.
3. Costs are refunded within 14 days after the receipts have been handed in.
4. Questions that this policy leaves open are answered by travel@example.com.
`,
    },
    question: "How much may a night in a hotel cost?",
  },
  {
    name: "prices",
    instruction: [
      "You tell customers what things cost, from the price list.",
      "Work out every sum with the calculator and say how it was worked out. Ask the clock for dates and times.",
      "Where the price list has no price, say so.",
    ].join("\n"),
    source: {
      name: "price-list.md",
      text: `# Price list of an example print shop

Prices in EUR, with VAT.

- A poster in the size A2 costs 14.90.
- A hundred business cards cost 29.50.
- Sending costs 4.90, whatever is sent.
`,
    },
    tools: ["calculator", "time"],
    question: "What do 3 posters cost with sending: 3 * 14.90 + 4.90?",
  },
];
