/** The site: the documents of the repository as they are, with search; see site/build.mjs for what stands beside them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { ICON } from '../icon.mjs';
import { plainText } from '../plain-text.mjs';
import { REFERENCE } from '../reference.mjs';
import { repositoryLinks } from '../repository-links.mjs';
import { tableCells } from '../table-cells.mjs';

const root = join(import.meta.dirname, '../..');

/** The title of a document: its first heading. */
const titleOf = (file) =>
  /^# (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1].replaceAll(/[`*]/g, '') ?? file;
const page = (file, text = titleOf(file)) => ({ text, link: `/${file.replace(/\.md$/, '')}` });
const cards = readdirSync(join(root, 'docs/selectors')).filter((name) => name.endsWith('.md'));
const elsewhere = (text, link) => ({ text, link, target: '_self' });

export default defineConfig({
  title: 'recency-bias',
  description: 'Train on the samples that your network is unsure of.',
  lang: 'en',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  // The folder of the host, e.g. /recency-bias/; it begins and ends with a slash.
  base: process.env.SITE_BASE ?? '/',
  srcDir: root,
  srcExclude: [
    'packages/*/!(README.md)',
    'packages/*/*/**',
    'records/**',
    'test/**',
    'scripts/**',
    'bench/**',
    'examples/**',
    'runs/**',
    'site/*.md',
  ],
  rewrites: {
    'README.md': 'index.md',
    'docs/README.md': 'docs/index.md',
    [`site/${REFERENCE}/:page(.*)`]: `${REFERENCE}/:page(.*)`,
  },
  outDir: process.env.SITE_OUT ?? join(import.meta.dirname, '../dist'),
  cacheDir: join(root, 'node_modules/.cache/vitepress'),
  cleanUrls: false,
  lastUpdated: false,
  // The ways through the site once, instead of in each of its pages.
  metaChunk: true,
  // site/build.mjs puts these beside the documents; the tests of the site check every link of the built pages.
  ignoreDeadLinks: [/^\/(reports|playground)\//],
  markdown: {
    config: (md) => {
      repositoryLinks(root)(md);
      tableCells(md);
      plainText((page) => page.includes(`${REFERENCE}/`))(md);
    },
    anchor: { slugify: githubSlug },
    // Of the themes that come along, the two whose comments can be read.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    nav: [
      { text: 'Guides', items: guides() },
      { text: 'Methods', link: '/docs/choosing' },
      { text: 'Results', link: '/docs/reproduction' },
      elsewhere('Playground', '/playground/'),
      { text: 'Reference', link: '/reference/' },
    ],
    sidebar: { '/': documents(), ...reference() },
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        // A name that is searched for is more often one to read about than one to look up.
        miniSearch: { searchOptions: { boostDocument: (id) => (id.includes('/reference/') ? 0.3 : 1) } },
        // The button is called what it shows.
        translations: { button: { buttonAriaLabel: '' } },
      },
    },
    docFooter: { prev: 'Before', next: 'Next' },
  },
});

/** The mark of a heading as GitHub makes it, so that links lead to the same place here and there. */
function githubSlug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

function guides() {
  return [
    page('docs/tfjs.md', 'TensorFlow.js'),
    page('docs/browser.md', 'Training in a page'),
    page('docs/pytorch.md', 'PyTorch'),
    page('docs/finetuning.md', 'Your own photos'),
    page('docs/insights.md', 'What is it unsure of?'),
    page('docs/watching.md', 'Watch runs live'),
    page('packages/recency-bias-lab/README.md', 'Researchers: comparisons'),
    page('docs/clusters.md', 'On a cluster'),
    page('docs/plug-ins.md', 'Bring what is yours'),
  ];
}

function documents() {
  return [
    {
      text: 'Start',
      items: [
        { text: 'What is it?', link: '/' },
        { text: 'What can I read?', link: '/docs/' },
        elsewhere('Playground', '/playground/'),
      ],
    },
    { text: 'Guides', items: guides() },
    {
      text: 'Methods',
      items: [
        page('docs/choosing.md'),
        { text: 'Cards', items: cards.map((name) => page(`docs/selectors/${name}`)) },
      ],
    },
    {
      text: 'Results',
      items: [
        page('docs/reproduction.md'),
        page('docs/regimes.md'),
        page('docs/scale.md'),
        page('docs/reports.md'),
        page('docs/results-format.md'),
      ],
    },
    {
      text: 'Packages',
      items: [
        ...[
          'recency-bias',
          'recency-bias-lab',
          'recency-bias-torch',
          'tfjs-wasm-training',
          'tfjs-backend-torch',
          'playground',
        ].map((name) => page(`packages/${name}/README.md`)),
        { text: 'Reference of all', link: '/reference/' },
      ],
    },
    {
      text: 'Project',
      items: [page('docs/architecture.md'), page('CONTRIBUTING.md'), page('CHANGELOG.md')],
    },
  ];
}

/** The ways through the reference, as site/reference.mjs wrote them. */
function reference() {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', REFERENCE, 'sidebars.json'), 'utf8'));
}
