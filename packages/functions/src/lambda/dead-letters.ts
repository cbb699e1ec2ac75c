import { createDeadLetters } from "../dead-letters.ts";
import { deadLettersDeps } from "../deps.ts";

export const handler = createDeadLetters(deadLettersDeps());
