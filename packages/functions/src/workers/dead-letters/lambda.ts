import { createDeadLetters } from "./handler.ts";
import { deadLettersDeps } from "../../deps/dead-letters.ts";

export const handler = createDeadLetters(deadLettersDeps());
