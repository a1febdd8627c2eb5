/** The main charts as SVG files, for documents. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../ground/replace-file.js';
import { makeDirectory } from '../ground/make-directory.js';
import { writeProblem } from '../records/run-writer.js';
import { bundleFigures } from './bundle-client.js';
import type { ChartData } from './chart-data.js';

/** One file. */
export interface Figure {
  /** The subject, as part of a file's name: `figure-3`. */
  readonly name: string;
  readonly svg: string;
}

/** Draws all figures of a comparison that it has data for. */
export type DrawFigures = (data: ChartData) => readonly Figure[];

function canDraw(module: unknown): module is { readonly drawFigures: DrawFigures } {
  return (
    typeof module === 'object' &&
    module !== null &&
    'drawFigures' in module &&
    typeof module.drawFigures === 'function'
  );
}

/** As built with the package, or bundled now when running from the sources: ECharts is no dependency of the package. */
async function loadDrawing(): Promise<DrawFigures> {
  const built = new URL('./figures.min.js', import.meta.url);
  const code = await readFile(built, 'utf8').catch(() => bundleFigures());
  const address = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  const module: unknown = await import(/* @vite-ignore */ address);
  if (!canDraw(module)) throw new Error(`${built.pathname}: has no drawFigures; run \`npm run build\``);
  return module.drawFigures;
}

/** The name of a comparison as a part of file names: letters, digits, dots, dashes. */
function fileStem(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}.-]+/gu, '-').replaceAll(/^[-.]+|-+$/g, '') || 'comparison';
}

/**
 * Writes `<comparison>-<figure>.svg` files into a folder, making it if need be, each replaced atomically.
 * @returns Their paths.
 * @throws RecordError when the folder cannot be written.
 */
export async function writeFigures(
  folder: string,
  comparisons: readonly { readonly name: string; readonly data: ChartData }[],
): Promise<string[]> {
  const draw = await loadDrawing();
  const paths: string[] = [];
  try {
    await makeDirectory(folder);
    for (const { name, data } of comparisons) {
      for (const figure of draw(data)) {
        const path = join(folder, `${fileStem(name)}-${figure.name}.svg`);
        await replaceFile(path, figure.svg);
        paths.push(path);
      }
    }
  } catch (error) {
    throw writeProblem(error, folder);
  }
  return paths;
}
