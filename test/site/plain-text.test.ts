import { createMarkdownRenderer, type MarkdownOptions } from 'vitepress';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';

type Plugin = NonNullable<MarkdownOptions['config']>;

/** The text that a page of the site shows of a document: VitePress makes a template of Vue's of it, and Vue elements. */
let shown: (markdown: string, page: string) => Promise<string>;

beforeAll(async () => {
  const { plainText } = (await import(
    new URL('../../site/plain-text.mjs', import.meta.url).href
  )) as unknown as { plainText: (isReference: (page: string) => boolean) => Plugin };
  const renderer = await createMarkdownRenderer('/', {
    config: plainText((page) => page.startsWith('reference/')),
  });
  shown = async (markdown, relativePath) => {
    const template = renderer.render(markdown, {
      path: relativePath,
      relativePath,
      cleanUrls: false,
    });
    return (await renderToString(createSSRApp({ template })))
      .replaceAll(/<!--.*?-->/g, '')
      .replaceAll('\n', ' ')
      .trim();
  };
});

describe('a page of the site', () => {
  it.each(['docs/a.md', 'reference/a.md'])(
    'shows braces of %s as they are, in text and in code',
    async (page) => {
      expect(await shown('Takes {{ nothing.at.all }}, or `{{ code }}`.', page)).toBe(
        '<p>Takes {{ nothing.at.all }}, or <code>{{ code }}</code>.</p>',
      );
    },
  );

  it('shows types of the reference, where a document may have elements', async () => {
    const types = 'A Map<K, V> or an Option<number>.\n\n<div>\n\n</section>';
    expect(await shown(types, 'reference/a.md')).toBe(
      '<p>A Map&lt;K, V&gt; or an Option&lt;number&gt;.</p> &lt;div&gt; &lt;/section&gt;',
    );
    expect(await shown('Pressure s<sub>e</sub>', 'docs/a.md')).toBe('<p>Pressure s<sub>e</sub></p>');
  });

  it('keeps the places of the reference that links lead to, and the marks of headings', async () => {
    const heading = await shown('## select()', 'reference/a.md');
    expect(
      heading
        .replaceAll(/<[^>]*>/g, '')
        .replaceAll('\u200B', '')
        .trim(),
    ).toBe('select()');
    expect(heading).toContain('href="#select"');
    expect(await shown('<a id="property-name"></a> `name`', 'reference/a.md')).toBe(
      '<p><a id="property-name"></a> <code>name</code></p>',
    );
  });
});
