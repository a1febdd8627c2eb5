/** The reference of every package that is written in TypeScript: TypeDoc writes it as documents, of which VitePress makes pages. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Application } from 'typedoc';

const root = join(import.meta.dirname, '..');

/** Where the documents are, below the site's folder, and on the site. */
export const REFERENCE = 'reference';

/** Modules by their sources, in the order in which a reader meets them. */
const MODULES = [
  'packages/recency-bias/src/index.ts',
  'packages/recency-bias/src/tfjs/index.ts',
  'packages/recency-bias/src/classifier/index.ts',
  'packages/recency-bias/src/live/index.ts',
  'packages/recency-bias/src/testing/index.ts',
  'packages/tfjs-wasm-training/src/index.ts',
  'packages/tfjs-backend-torch/src/index.ts',
  'packages/recency-bias-lab/src/index.ts',
  'packages/recency-bias-lab/src/browser.ts',
];

const OPTIONS = {
  name: 'Reference',
  entryPoints: MODULES.map((file) => join(root, file)),
  sortEntryPoints: false,
  tsconfig: join(root, 'site/tsconfig.json'),
  readme: join(root, 'site/reference.md'),
  skipErrorChecking: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  disableSources: true,
  disableGit: true,
  validation: false,
  logLevel: 'Error',
  plugin: ['typedoc-plugin-markdown'],
  entryFileName: 'index.md',
  mergeReadme: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  expandObjects: true,
  expandParameters: true,
  formatWithPrettier: true,
  groupOrder: ['Variables', 'Functions', 'Classes', 'Interfaces', 'Type Aliases', 'Namespaces'],
  tableColumnSettings: { hideModifiers: true },
  ...Object.fromEntries(
    ['index', 'parameters', 'interfaceProperties', 'classProperties', 'typeAliasProperties'].map((part) => [
      `${part}Format`,
      'table',
    ]),
  ),
};

/** Writes the documents, and beside them sidebars.json: what VitePress shows beside each module, by the module's path. */
export async function writeReference(out) {
  const app = await Application.bootstrapWithPlugins({
    ...OPTIONS,
    outputs: [{ name: 'markdown', path: out }],
  });
  app.renderer.postRenderAsyncJobs.push(({ navigation }) =>
    writeFile(join(out, 'sidebars.json'), JSON.stringify(sidebars(navigation))),
  );
  const project = await app.convert();
  if (project === undefined) throw new Error('the reference could not be made');
  for (const module of project.children ?? []) module.name = packageName(module.name);
  await app.generateOutputs(project);
}

/** The name under which users import a module. */
function packageName(path) {
  const name = path.replace('/src', '').replace(/\/index$/, '');
  return name.startsWith('packages/') ? name.slice('packages/'.length) : name;
}

/** A module has the other modules beside it, and what it exports itself: all exports of all modules are too many for each page. */
function sidebars(navigation) {
  const modules = navigation.flatMap((module) => [module, ...module.children.filter(hasPage)]);
  const all = {
    text: 'Reference',
    link: `/${REFERENCE}/`,
    items: modules.map(({ path }) => ({ text: nameOf(path), link: linkTo(path) })),
  };
  return Object.fromEntries([
    [`/${REFERENCE}/`, [all]],
    ...modules.map(({ path, children }) => [
      linkTo(path),
      [all, { text: nameOf(path), items: children.filter((child) => !hasPage(child)).map(group(path)) }],
    ]),
  ]);
}

/** Whether an entry of TypeDoc's navigation is a page; others are groups, beside which stand the modules below a module. */
const hasPage = ({ path }) => path != null;
const nameOf = (path) => path.replace(/\/index\.md$/, '');
const linkTo = (path) => `/${REFERENCE}/${path.replace(/(index)?\.md$/, '')}`;

/** A group of exports of a module: folded, and leading to the list of them, which has a line on each. */
const group =
  (module) =>
  ({ title, children }) => ({
    text: title,
    link: `${linkTo(module)}#${title.toLowerCase().replaceAll(' ', '-')}`,
    collapsed: true,
    items: children.map((child) => ({ text: child.title, link: linkTo(child.path) })),
  });
