/** The verdict of a window of predicted labels on its sample. */

/** A label and the share of the window that agrees on it. */
export interface WindowVerdict {
  readonly label: number;
  /** In (0, 1]; 0 for an empty window, whose label is −1. */
  readonly share: number;
}

/** The label most frequent in a window, of equals the one predicted last. @param window predicted labels, oldest first */
export function windowVerdict(window: readonly number[]): WindowVerdict {
  const counts = new Map<number, number>();
  let label = -1;
  let most = 0;
  for (const predicted of window) {
    const times = (counts.get(predicted) ?? 0) + 1;
    counts.set(predicted, times);
    if (times >= most) {
      label = predicted;
      most = times;
    }
  }
  return { label, share: window.length === 0 ? 0 : most / window.length };
}
