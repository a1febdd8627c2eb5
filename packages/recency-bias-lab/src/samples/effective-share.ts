/** Effective sample size of a distribution as a share of its samples: 1 / (N Σp²), 1 for the uniform one. */
export function effectiveShare(probabilities: Float64Array): number {
  let squares = 0;
  for (const p of probabilities) squares += p * p;
  return 1 / (squares * probabilities.length);
}
