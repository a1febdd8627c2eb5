/** The script of the page that tries a model: photos that are dropped, pasted or chosen, and the webcam. */
import { pageClassifier } from './page-model.js';
import { answer, croppedPhoto, element } from './result.js';
import { Webcam } from './webcam.js';

const find = <T extends HTMLElement>(id: string, kind: new () => T): T => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no element #${id}`);
  return found;
};

async function start(): Promise<void> {
  const status = find('status', HTMLElement);
  const results = find('results', HTMLOListElement);
  const drop = find('drop', HTMLElement);
  const files = find('files', HTMLInputElement);
  const say = (message: string): void => {
    status.textContent = message;
  };

  const { classifier, crop } = await pageClassifier();

  /** @param before the answer that this one goes above */
  const show = async (file: File, before: Element | null): Promise<void> => {
    const photo = await createImageBitmap(file).catch(() => undefined);
    if (photo === undefined) {
      throw new Error('this browser cannot read it as a photo; JPEG, PNG, WebP and GIF work');
    }
    const predictions = await classifier.classify(photo);
    const about = element('div', 'about', ...answer(predictions), element('p', 'muted file', file.name));
    results.insertBefore(element('li', 'card', croppedPhoto(photo, crop), about), before);
    photo.close();
  };
  /** Photos that are given together keep their order, above all that are there. */
  const showTogether = async (given: readonly File[]): Promise<void> => {
    const before = results.firstElementChild;
    const problems: string[] = [];
    for (const [i, file] of given.entries()) {
      if (given.length > 1) say(`Photo ${i + 1} of ${given.length}`);
      await show(file, before).catch((error: unknown) => {
        problems.push(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    say(problems.join('. '));
  };
  let turn = Promise.resolve();
  const showAll = (given: readonly File[]): void => {
    turn = turn.then(() => showTogether(given));
  };

  files.addEventListener('change', () => {
    showAll([...(files.files ?? [])]);
    files.value = '';
  });
  document.addEventListener('paste', ({ clipboardData }) => {
    showAll([...(clipboardData?.files ?? [])]);
  });
  for (const kind of ['dragenter', 'dragover'] as const) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
  }
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) drop.classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    showAll([...(event.dataTransfer?.files ?? [])]);
  });
  const webcam = find('webcam', HTMLButtonElement);
  new Webcam(webcam, find('live', HTMLElement), classifier, say);
  files.disabled = false;
  webcam.disabled = false;
  say('');
}

start().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  document.getElementById('status')!.textContent = `The model cannot be loaded: ${reason}`;
});
