/** HTML by tagged templates: whatever is put in is escaped, unless it is markup made here. */

/** A piece of HTML that may be written as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

/** A value that a template may be filled with. */
export type Child = Markup | string | number | null | undefined | false | readonly Child[];

/** Escapes text for element content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function render(child: Child): string {
  if (child === null || child === undefined || child === false) return '';
  if (child instanceof Markup) return child.text;
  if (typeof child === 'string') return escapeHtml(child);
  if (typeof child === 'number') return String(child);
  return child.map(render).join('');
}

/** Template tag: html`<p>${text}</p>` escapes `text`; lists are joined; null, undefined and false leave nothing. */
export function html(strings: TemplateStringsArray, ...children: readonly Child[]): Markup {
  return new Markup(
    strings.reduce((text, part, i) => text + part + (i < children.length ? render(children[i]) : ''), ''),
  );
}

/** A `<script type="application/json">` element, which its data cannot close from within. */
export function jsonElement(id: string, value: unknown): Markup {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c');
  return new Markup(`<script type="application/json" id="${escapeHtml(id)}">${json}</script>`);
}

/** A `<script>` element with exactly the given text, as the hash of a content policy needs it. */
export function scriptElement(code: string): Markup {
  return new Markup(`<script>${code}</script>`);
}

/** A `<style>` element. */
export function styleElement(css: string): Markup {
  return new Markup(`<style>${css}</style>`);
}
