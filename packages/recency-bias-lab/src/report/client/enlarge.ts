/** The script of a page whose pictures enlarge: links and buttons of the class `zoom`, and a dialog. */
const dialog = document.getElementById('enlarged') as HTMLDialogElement;
const picture = dialog.querySelector('img')!;
const caption = dialog.querySelector('.caption')!;
const file = document.getElementById('enlarged-file')!;

/** The pictures of a gallery, and the one that is enlarged. */
let gallery: HTMLElement[] = [];
let current = 0;

function show(at: number): void {
  const opener = gallery[at];
  if (opener === undefined) return;
  current = at;
  const thumbnail = opener.querySelector('img');
  const small = thumbnail?.src ?? '';
  const whole = opener instanceof HTMLAnchorElement ? opener.href : small;
  picture.classList.toggle('thumbnail', whole === small);
  // A photo that was moved since is shown as it is in the page.
  picture.onerror = () => {
    picture.onerror = null;
    picture.classList.add('thumbnail');
    picture.src = small;
  };
  picture.src = whole;
  picture.alt = thumbnail?.alt ?? '';
  const card = opener.closest('.sample');
  caption.textContent = card?.querySelector('.about p')?.textContent.replaceAll(/\s+/g, ' ').trim() ?? '';
  file.textContent = card?.querySelector('.file')?.textContent ?? '';
  for (const button of dialog.querySelectorAll<HTMLButtonElement>('[data-step]')) {
    const step = Number(button.dataset.step);
    button.disabled = step !== 0 && gallery[at + step] === undefined;
  }
}

document.addEventListener('click', (event) => {
  const { target } = event;
  if (!(target instanceof Element)) return;
  const opener = target.closest<HTMLElement>('.zoom');
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (opener !== null && isPlain) {
    event.preventDefault();
    gallery = [...(opener.closest('.samples')?.querySelectorAll<HTMLElement>('.zoom') ?? [opener])];
    show(gallery.indexOf(opener));
    dialog.showModal();
    return;
  }
  const step = target.closest<HTMLElement>('[data-step]')?.dataset.step;
  if (target === dialog || step === '0') dialog.close();
  else if (step !== undefined) show(current + Number(step));
});
dialog.addEventListener('keydown', ({ key }) => {
  if (key === 'ArrowRight') show(current + 1);
  if (key === 'ArrowLeft') show(current - 1);
});
dialog.addEventListener('close', () => {
  gallery[current]?.focus();
});
