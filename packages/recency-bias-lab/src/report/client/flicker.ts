/** Lets the eye see which windows of predicted labels have changed: their newest labels flash as they come in. */

/** Milliseconds for which a label flashes. */
const FLASH_MS = 900;

/** The windows of a page that is fed. */
export class Flicker {
  readonly #root: HTMLElement;
  /** Labels of each window as last shown, oldest first, by sample. */
  #shown = new Map<string, readonly string[]>();

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** To be called when the page has changed. */
  show(): void {
    const next = new Map<string, readonly string[]>();
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const sample of this.#root.querySelectorAll<HTMLElement>('.flicker [data-key]')) {
      const cells = [...sample.querySelectorAll('.window li')];
      const labels = cells.map((cell) => cell.textContent.trim());
      const key = sample.dataset.key ?? '';
      const fresh = newLabels(this.#shown.get(key), labels);
      next.set(key, labels);
      if (isStill) continue;
      for (const cell of cells.slice(cells.length - fresh)) {
        cell.animate(
          [
            { transform: 'translateY(-9px)', opacity: 0 },
            { transform: 'none', opacity: 1 },
          ],
          {
            duration: FLASH_MS,
            easing: 'ease-out',
          },
        );
      }
    }
    this.#shown = next;
  }
}

/** How many labels have come in at the end of a window: the fewest by which the old one can have been pushed on. */
export function newLabels(before: readonly string[] | undefined, now: readonly string[]): number {
  if (before === undefined) return now.length;
  for (let fresh = 0; fresh < now.length; fresh++) {
    const kept = now.slice(0, now.length - fresh);
    if (kept.every((label, i) => label === before[before.length - kept.length + i])) return fresh;
  }
  return now.length;
}
