import type { AnswerPart } from "../backend.ts";
import type { CallPiece } from "./chunk.ts";
import { parseJson } from "./json.ts";

interface Call {
  index: number | undefined;
  id: string | undefined;
  name: string;
  input: string;
}

type Piece = Pick<Call, "index" | "id"> & { name: string | undefined };

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
    if (!open || isAnother(open, { index, id, name })) {
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
    const ofId = id === undefined ? [] : this.#calls.filter((call) => call.id === id);
    const known = ofId.findLast((call) => call.index === index) ?? ofId.at(-1);
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

/** Whether a piece begins another call, though it comes under the number or the id of one before. */
function isAnother(open: Call, { index, id, name }: Piece): boolean {
  // Some give all calls one id.
  const isNumbered = index !== undefined && open.index !== undefined;
  if (name !== undefined && isNumbered && index !== open.index) return true;
  // Some give every piece an id of its own; only the first one of a call names it.
  if (id !== undefined && open.id !== undefined) return id !== open.id && name !== undefined;
  // Some servers repeat the name with every piece, others number all calls 0 and name none.
  return name !== undefined && open.name !== "" && open.input !== "" && isWhole(open.input);
}

const isWhole = (input: string): boolean => input.trim() === "" || parseJson(input) !== undefined;
