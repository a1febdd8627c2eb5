import { describe, expect, it } from 'vitest';
import { html, jsonElement } from './markup.js';

const HOSTILE = `</script><img src=x onerror="alert('1')">&`;

describe('markup', () => {
  it('escapes text in content and in attributes', () => {
    expect(html`<p title="${HOSTILE}">${HOSTILE}</p>`.text).toBe(
      '<p title="&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">' +
        '&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>',
    );
  });

  it('joins lists, keeps markup, and leaves nothing for what is absent', () => {
    const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
    expect(html`${items}${null}${undefined}${false}${0}`.text).toBe('<li>a</li><li>&lt;</li>0');
  });

  it('embeds data that cannot close its element, and that reads back the same', () => {
    const { text } = jsonElement('data', { name: HOSTILE });
    expect(text.match(/<\/script/g)).toHaveLength(1);
    const json = text.slice(text.indexOf('>') + 1, text.lastIndexOf('<'));
    expect(JSON.parse(json)).toEqual({ name: HOSTILE });
  });
});
