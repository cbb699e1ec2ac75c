/** A whole, in basis points. */
const whole = 10_000;

/**
 * Each amount's share of their sum in basis points, rounded so that the shares add up to exactly
 * 10,000 (largest remainder). All 0 where the sum is 0.
 * @param amounts whole numbers, not negative.
 */
export function sharesOf(amounts: readonly number[]): number[] {
  const total = amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
  if (total === 0n) return amounts.map(() => 0);
  const parts = amounts.map((amount, index) => {
    const scaled = BigInt(amount) * BigInt(whole);
    return { index, share: Number(scaled / total), rest: scaled % total };
  });
  let missing = whole - parts.reduce((sum, { share }) => sum + share, 0);
  for (const part of parts.toSorted((a, b) => (a.rest === b.rest ? 0 : a.rest > b.rest ? -1 : 1))) {
    if (missing === 0) break;
    part.share += 1;
    missing -= 1;
  }
  return parts.map(({ share }) => share);
}
