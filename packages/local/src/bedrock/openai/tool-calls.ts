import type { AnswerPart } from "../backend.ts";
import type { CallPiece } from "./chunk.ts";
import { parseJson } from "./json.ts";

interface Call {
  index: number | undefined;
  id: string | undefined;
  name: string;
  input: string;
}

/** Calls of one answer; further ones are passed over. */
const callsMax = 64;

/** Puts calls together from pieces, which come by turns, without numbers, or all under number 0. */
export class ToolCalls {
  readonly #calls: Call[] = [];

  get isEmpty(): boolean {
    return this.#calls.length === 0;
  }

  read({ index, id, name, input = "" }: CallPiece): void {
    const open = this.#find(index, id);
    if (!open || isAnother(open, id, name)) {
      if (this.#calls.length === callsMax) return;
      this.#calls.push({ index, id, name: name ?? "", input });
      return;
    }
    open.id ??= id;
    if (open.name === "") open.name = name ?? "";
    open.input += input;
  }

  /** The one that a piece goes on with: the newest under its number, or the newest of all. */
  #find(index: number | undefined, id: string | undefined): Call | undefined {
    const known = id === undefined ? undefined : this.#calls.findLast((call) => call.id === id);
    if (known || index === undefined) return known ?? this.#calls.at(-1);
    return this.#calls.findLast((call) => call.index === index);
  }

  /** @returns the calls, and whether each has come to its end. */
  end(): { parts: AnswerPart[]; isWhole: boolean } {
    const named = this.#calls.filter(({ name }) => name !== "");
    const parts = named.map(({ id, name, input }, at): AnswerPart => {
      return { type: "toolUse", id: id ?? `call_${at}`, name, input };
    });
    return { parts, isWhole: named.every(({ input }) => isWhole(input)) };
  }
}

/** Whether a piece begins another call, though it comes under the number of the one before. */
function isAnother(open: Call, id: string | undefined, name: string | undefined): boolean {
  if (id !== undefined && open.id !== undefined) return id !== open.id;
  // Some servers repeat the name with every piece, others number all calls 0 and name none.
  return name !== undefined && open.name !== "" && open.input !== "" && isWhole(open.input);
}

const isWhole = (input: string): boolean => input.trim() === "" || parseJson(input) !== undefined;
