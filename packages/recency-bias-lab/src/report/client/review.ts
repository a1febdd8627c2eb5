/** The script of the page of a review: one suspect at a time, one key a decision. */
import type { ReviewData, ReviewDecision, ReviewPhoto, ReviewRequest } from '../review-data.js';
import { DecisionQueue } from './decision-queue.js';
import type { BatchAnswer } from './decision-queue.js';

const { key, classNames, photos } = JSON.parse(
  document.getElementById('review-data')!.textContent,
) as ReviewData;
/** By place: what is shown, and what the server has written. */
const decisions: ReviewDecision[] = photos.map(({ decision }) => decision);
const written = [...decisions];
const places = new Map(photos.map(({ index }, at) => [index, at]));
/** The decisions before, for undo. */
const past: { readonly at: number; readonly before: ReviewDecision }[] = [];
let current = Math.max(
  0,
  decisions.findIndex(({ kind }) => kind === 'none'),
);
const find = (id: string): HTMLElement => document.getElementById(id)!;
const status = find('status');

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Right and wrong by colour and by shape. */
function mark(isRight: boolean): HTMLSpanElement {
  const made = element('span', { className: 'mark' }, isRight ? '✓' : '✗');
  made.ariaHidden = 'true';
  return made;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const nameOf = (label: number): string => classNames[label] ?? String(label);
const source = ({ index }: ReviewPhoto): string => `photo/${index}`;

function stateText(photo: ReviewPhoto, decision: ReviewDecision): string {
  switch (decision.kind) {
    case 'accept':
      return `stays ${nameOf(photo.label)}`;
    case 'label':
      return `now ${decision.label}`;
    case 'leaveOut':
      return 'left out';
    case 'none':
      return photo.isLikely ? 'not looked at' : 'doubtful, not looked at';
  }
}

function showTile(at: number): void {
  const tile = find('tiles').children[at]!.firstElementChild!;
  const decision = decisions[at]!;
  tile.classList.toggle('decided', decision.kind !== 'none');
  tile.ariaCurrent = at === current ? 'true' : 'false';
  tile.querySelector('.state')!.textContent = stateText(photos[at]!, decision);
}

function press(button: Element | null, isPressed: boolean): void {
  if (button !== null) button.ariaPressed = String(isPressed);
}

function showCurrent(): void {
  const photo = photos[current]!;
  const decision = decisions[current]!;
  const picture = find('photo') as HTMLImageElement;
  picture.src = source(photo);
  picture.alt = `Photo labelled ${nameOf(photo.label)}`;
  const done = decisions.filter(({ kind }) => kind !== 'none').length;
  find('place').textContent =
    `Photo ${current + 1} of ${photos.length}${photo.isLikely ? '' : ', a doubtful suspect'}; ${done} looked at`;
  find('question').textContent = `Is this ${nameOf(photo.label)}?`;
  find('labelled').replaceChildren('It is labelled ', element('strong', {}, nameOf(photo.label)));
  find('says').replaceChildren(
    'The network says ',
    element('strong', {}, nameOf(photo.says)),
    ` in ${percent(photo.share)} of its last answers, and gave ${nameOf(photo.label)} ${percent(photo.confidence)} on average`,
  );
  find('answers').replaceChildren(
    ...photo.window.map((label) => {
      const isRight = label === photo.label;
      return element('li', { className: isRight ? 'right' : 'wrong' }, mark(isRight), nameOf(label));
    }),
  );
  find('file').textContent = photo.file;
  find('relabel-text').textContent = `It is ${nameOf(photo.says)}`;
  find('accept-text').textContent = `It is ${nameOf(photo.label)}, as labelled`;
  const action = (name: string): Element | null => document.querySelector(`[data-action=${name}]`);
  const said = decision.kind === 'label' ? decision.label : undefined;
  press(action('relabel'), said === nameOf(photo.says));
  press(action('accept'), decision.kind === 'accept');
  press(action('leaveOut'), decision.kind === 'leaveOut');
  for (const [label, button] of [...find('classes').children].entries())
    press(button, said === nameOf(label));
  const undo = action('undo');
  if (undo instanceof HTMLButtonElement) undo.disabled = past.length === 0;
}

function go(to: number): void {
  const from = current;
  current = Math.min(photos.length - 1, Math.max(0, to));
  showTile(from);
  showTile(current);
  showCurrent();
  // The next one is there when it is asked for.
  const next = photos[current + 1];
  if (next !== undefined) new Image().src = source(next);
}

/** The next photo that nothing was said of; where there is none, the one that is shown. */
function nextOpen(): number {
  const after = decisions.findIndex(({ kind }, at) => at > current && kind === 'none');
  if (after >= 0) return after;
  const first = decisions.findIndex(({ kind }) => kind === 'none');
  return first >= 0 ? first : current;
}

function say(text: string, isLost = false): void {
  status.textContent = text;
  status.classList.toggle('lost', isLost);
}

/** `keepalive`: the browser sends it even when the page is gone. */
async function send(request: ReviewRequest): Promise<BatchAnswer> {
  const answer = await fetch('decide', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    keepalive: true,
  }).catch(() => undefined);
  if (answer === undefined) return 'unreachable';
  if (!answer.ok) return { refused: await answer.text() };
  for (const { index, decision } of request.decisions) {
    const at = places.get(index);
    if (at !== undefined) written[at] = decision;
  }
  return 'written';
}

let isCut = false;

/** A decision that the server refuses is not shown as taken. */
function answered(answer: BatchAnswer, refused: readonly number[]): void {
  for (const at of refused.map((index) => places.get(index)!)) {
    decisions[at] = written[at]!;
    showTile(at);
    if (at === current) showCurrent();
  }
  if (typeof answer === 'object') say(answer.refused, true);
  else if (answer === 'unreachable') {
    const text =
      'The command has ended. Start `recency-bias review` again and open its new address: this browser keeps what was decided since, and then hands it over.';
    say(`Not written: ${queue.unwritten.size}. ${text}`, true);
  } else if (isCut) say('Written again.');
  isCut = answer === 'unreachable';
}

const queue = new DecisionQueue({ key, send, onAnswer: answered });
for (const [index, decision] of queue.unwritten) {
  const at = places.get(index);
  if (at !== undefined) decisions[at] = decision;
}

function take(at: number, decision: ReviewDecision): void {
  decisions[at] = decision;
  queue.put(photos[at]!.index, decision);
}

function decide(decision: ReviewDecision): void {
  const at = current;
  past.push({ at, before: decisions[at]! });
  take(at, decision);
  const isLast = decisions.every(({ kind }) => kind !== 'none');
  say(
    `${photos[at]!.file}: ${stateText(photos[at]!, decision)}.${isLast ? ' All photos are looked at: train again with the command below.' : ''}`,
  );
  go(nextOpen());
}

function undo(): void {
  const last = past.pop();
  if (last === undefined) return;
  take(last.at, last.before);
  say(`Undone: ${photos[last.at]!.file}.`);
  go(last.at);
}

const ACTIONS: Readonly<Record<string, () => void>> = {
  relabel: () => {
    decide({ kind: 'label', label: nameOf(photos[current]!.says) });
  },
  accept: () => {
    decide({ kind: 'accept' });
  },
  leaveOut: () => {
    decide({ kind: 'leaveOut' });
  },
  undo,
};
const KEYS: Readonly<Record<string, () => void>> = {
  r: ACTIONS.relabel!,
  a: ACTIONS.accept!,
  x: ACTIONS.leaveOut!,
  z: undo,
  arrowright: () => {
    go(current + 1);
  },
  arrowleft: () => {
    go(current - 1);
  },
};

function moveTo(label: number): void {
  const isOwn = label === photos[current]!.label;
  decide(isOwn ? { kind: 'accept' } : { kind: 'label', label: nameOf(label) });
}

find('classes').append(
  ...classNames.map((name, label) => {
    const key = label < 9 ? String(label + 1) : undefined;
    const button = element(
      'button',
      { type: 'button' },
      ...(key === undefined ? [] : [element('kbd', {}, key)]),
      name,
    );
    if (key !== undefined) button.setAttribute('aria-keyshortcuts', key);
    button.addEventListener('click', () => {
      moveTo(label);
    });
    return button;
  }),
);
find('tiles').append(
  ...photos.map((photo, at) => {
    const picture = element('img', { src: source(photo), alt: '', loading: 'lazy', width: 160, height: 160 });
    const label = element('span', {}, `${nameOf(photo.label)} → ${nameOf(photo.says)}?`);
    const button = element(
      'button',
      { type: 'button' },
      picture,
      label,
      element('span', { className: 'state' }),
    );
    button.addEventListener('click', () => {
      go(at);
      find('question').scrollIntoView({ block: 'center' });
    });
    return element('li', {}, button);
  }),
);
document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLElement>('button[data-action]') : null;
  ACTIONS[button?.dataset.action ?? '']?.();
});
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const digit = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1;
  const act = KEYS[event.key.toLowerCase()];
  if (digit >= 0 && digit < classNames.length) moveTo(digit);
  else if (act !== undefined) act();
  else return;
  event.preventDefault();
});
addEventListener('pagehide', () => {
  queue.flush();
});
// Without the command the decisions are in this browser alone.
addEventListener('beforeunload', (event) => {
  queue.flush();
  if (isCut) event.preventDefault();
});
for (const at of photos.keys()) showTile(at);
showCurrent();
