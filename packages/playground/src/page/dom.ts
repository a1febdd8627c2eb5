/** Small helpers for elements. */

type Child = Node | string;

/** Makes an element with attributes and children; an attribute whose value is false is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number | boolean>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children);
  return made;
}

/** Finds an element of the page by its id. @throws Error when the page has none of that kind */
export function found<T extends HTMLElement>(id: string, kind: new () => T): T {
  const node = document.getElementById(id);
  if (!(node instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return node;
}

/** The drawing context of a canvas. @throws Error where the browser gives none */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser draws on no canvas');
  return context;
}

/** Whether the reader asked for less motion. */
export function lessMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Calls back when the colours of the page change. */
export function onColors(changed: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}

/** The value of a colour of the style sheet, e.g. `--text`. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Fits a canvas's pixels to its box on the screen. @returns its size in CSS pixels */
export function fitCanvas(canvas: HTMLCanvasElement): { width: number; height: number } {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  contextOf(canvas).setTransform(ratio, 0, 0, ratio, 0, 0);
  return { width, height };
}

/** Calls back whenever an element comes into view or leaves it. @param margin pixels around the view that count as in it */
export function onView(seen: Element, changed: (visible: boolean) => void, margin = 0): void {
  new IntersectionObserver(
    (entries) => {
      changed(entries.at(-1)?.isIntersecting ?? false);
    },
    { rootMargin: `${margin}px` },
  ).observe(seen);
}
