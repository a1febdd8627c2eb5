/** The answer for a photo: the photo with the part that the network sees, and how probable each class is. */
import type { Prediction } from 'recency-bias/classifier';

/** Classes shown at most. */
const SHOWN = 5;
/** With a best class less probable than that, the model is not sure. */
const SURE = 0.8;
/** Longer side of a picture in pixels of the screen's finest kind. */
const PICTURE = 480;

/** An element with a class and content. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...content);
  return made;
}

/** `87 %`; `under 1 %` rather than 0. */
function percent(probability: number): string {
  if (probability > 0 && probability < 0.01) return 'under 1 %';
  return `${Math.min(99, Math.round(100 * probability))} %`;
}

function row({ label, probability }: Prediction, isBest: boolean): HTMLElement {
  const bar = element('span', 'bar');
  bar.style.setProperty('--share', String(probability));
  return element(
    'li',
    isBest ? 'best' : '',
    element('span', 'label', label),
    element('span', 'percent', percent(probability)),
    bar,
  );
}

/** The answer in words, and a bar a class. */
export function answer(predictions: readonly Prediction[]): HTMLElement[] {
  const best = predictions[0]!;
  return [
    element(
      'p',
      'answer',
      element('strong', '', best.label),
      ...(best.probability < SURE ? [' ', element('span', 'chip', 'not sure')] : []),
    ),
    element('ul', 'bars', ...predictions.slice(0, SHOWN).map((one, i) => row(one, i === 0))),
    ...(predictions.length > SHOWN
      ? [element('p', 'muted', `${predictions.length - SHOWN} less probable classes are not shown`)]
      : []),
  ];
}

/** The photo, darker where the network does not see it. */
export function croppedPhoto(
  photo: ImageBitmap,
  shape: { readonly height: number; readonly width: number } | null,
): HTMLCanvasElement {
  const scale = Math.min(1, PICTURE / Math.max(photo.width, photo.height));
  const canvas = element('canvas', 'picture');
  canvas.width = Math.max(1, Math.round(photo.width * scale));
  canvas.height = Math.max(1, Math.round(photo.height * scale));
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(photo, 0, 0, canvas.width, canvas.height);
  if (shape === null) return canvas;
  const seen = Math.min(canvas.width / shape.width, canvas.height / shape.height);
  const across = (canvas.width - shape.width * seen) / 2;
  const down = (canvas.height - shape.height * seen) / 2;
  context.fillStyle = 'rgba(0, 0, 0, 0.55)';
  for (const [x, y, width, height] of [
    [0, 0, across, canvas.height],
    [canvas.width - across, 0, across, canvas.height],
    [0, 0, canvas.width, down],
    [0, canvas.height - down, canvas.width, down],
  ] as const) {
    context.fillRect(x, y, width, height);
  }
  return canvas;
}
