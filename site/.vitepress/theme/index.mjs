import DefaultTheme from 'vitepress/theme';
import { withBase } from 'vitepress';
import { h } from 'vue';
import './style.css';

export default {
  ...DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'not-found': notFound }),
};

/** A page for addresses without a page, as sound as the others. */
function notFound() {
  return h('main', { class: 'vp-doc not-found' }, [
    h('h1', 'There is no such page'),
    h('p', [
      'Everything that there is to read is in the ',
      h('a', { href: withBase('/docs/') }, 'list of documents'),
      '.',
    ]),
  ]);
}
