/** Of passages and the citations that lead to them. */
export const copy = {
  citation: (rank: number) => `Show passage ${rank}`,
};
