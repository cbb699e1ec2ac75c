import { objectStoreContract } from "../contracts/object-store-contract.ts";
import { queueContract } from "../contracts/queue-contract.ts";
import { secretStoreContract } from "../contracts/secret-store-contract.ts";
import {
  makeObjectStoreSubject,
  makeQueueSubject,
  makeSecretStoreSubject,
  makeTableSubject,
  makeVectorStoreSubject,
} from "../contracts/subjects.ts";
import { tableContract } from "../contracts/table-contract.ts";
import { vectorStoreContract } from "../contracts/vector-store-contract.ts";
import { clientOptions, refereeEndpoints } from "./endpoints.ts";

const options = clientOptions(refereeEndpoints().moto);

// Seen once: 11 of 10 appends. Its server has threads, and nothing between a check and its write.
const races = { nowAndThen: "moto does not hold a condition and its write together under threads" };

tableContract("moto", () => makeTableSubject(options), {
  "a write on condition: equals of null, which a missing attribute is not":
    "moto takes a missing attribute for null",
  "a write on condition: below and above of what is no number":
    "moto compares a string with a number and answers 500, where DynamoDB finds the condition false",
  "an empty change makes a bare item and alters no other":
    "moto answers 500 to UpdateItem without an update expression",
  "of 50 that put an item if absent, exactly one does": races,
  "of 50 that take an expired lease, exactly one does": races,
  "50 additions at once are all counted": races,
  "of 50 that append to a list of at most 10, exactly ten do": races,
  "of 50 that remove an item once, exactly one sees the condition hold": races,
  "of many that race for the same two items nobody has one of them": races,
});
queueContract("moto", () => makeQueueSubject(options));
objectStoreContract("moto", () => makeObjectStoreSubject(options), {
  "of many puts at once one wins whole": {
    nowAndThen: "moto sometimes answers 500 to puts of one key at the same time",
  },
});
secretStoreContract("moto", () => makeSecretStoreSubject(options));
const noQueries = "moto has no QueryVectors";
vectorStoreContract(
  "moto",
  () => makeVectorStoreSubject({ ...options, endpoint: refereeEndpoints().moto }),
  {
    "what is nearest comes first, with its cosine, and no more than were asked for": noQueries,
    "what was put in a vector's place is what is found": noQueries,
    "in an index that there is not nothing is near": noQueries,
    "two who make one index at once both put into it": {
      nowAndThen: "moto makes an index anew where another has just made it",
    },
  },
);
