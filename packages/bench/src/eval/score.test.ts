import { expect, test } from "vitest";
import { score } from "./score.ts";

test("a right section counts among the first five, and by the inverse of its rank down to the tenth", () => {
  const others = Array.from({ length: 12 }, (_, i) => `other${i}`);
  const at = (rank: number) => ({
    gold: ["right", "too"],
    sections: others.toSpliced(rank - 1, 0, "too"),
  });
  expect(score([at(1)])).toEqual({ recall: 1, reciprocal: 1 });
  expect(score([at(5)])).toEqual({ recall: 1, reciprocal: 0.2 });
  expect(score([at(6)])).toEqual({ recall: 0, reciprocal: 1 / 6 });
  expect(score([at(11)])).toEqual({ recall: 0, reciprocal: 0 });
  expect(score([at(2), at(10), { gold: ["right"], sections: [] }])).toEqual({
    recall: 1 / 3,
    reciprocal: (0.5 + 0.1) / 3,
  });
  expect(score([])).toEqual({ recall: 0, reciprocal: 0 });
});
