import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as library from 'recency-bias';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Block {
  /** The document and the line at which the block begins. */
  readonly place: string;
  readonly language: string;
  readonly code: string;
}

/** The documents that people read, by their paths below the root. */
function documents(): string[] {
  const below = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`);
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`);
  return ['README.md', 'CONTRIBUTING.md', ...below('docs'), ...packages];
}

const blocks: readonly Block[] = documents().flatMap((document) => {
  const text = readFileSync(join(root, document), 'utf8');
  return Array.from(text.matchAll(/^```([a-z]+)\n(.*?)^```$/gms), ({ 1: language, 2: code, index }) => ({
    place: `${document}:${text.slice(0, index).split('\n').length}`,
    language: language!,
    code: code!,
  }));
});
const blocksIn = (language: string): Block[] => blocks.filter((block) => block.language === language);

/** Names that a block may use without importing them: the library's, and names that every reader has or writes. */
const PRELUDE = `
import type * as tfjs from '@tensorflow/tfjs';
import type * as library from 'recency-bias';
import type * as trainer from 'recency-bias/tfjs';
declare global {
  const tf: typeof tfjs;
  ${Object.keys(library)
    .map((name) => `const ${name}: typeof library.${name};`)
    .join('\n  ')}
  const fit: typeof trainer.fit;
  const model: tfjs.LayersModel;
  const xs: tfjs.Tensor;
  const ys: tfjs.Tensor;
  const irreducibleLosses: Float32Array;
  const state: trainer.TrainingState;
  const size: number, classes: number, epochs: number, seed: number;
  function decode(indices: Int32Array): Promise<tfjs.Tensor>;
  function labelsOf(indices: Int32Array): tfjs.Tensor;
  function trainStep(indices: Int32Array): Int32Array;
  function mySelector(): library.SelectorFactory;
  function it(title: string, run: () => unknown): void;
}
`;

/** Errors of the compiler, each with the place of its block. */
function compileErrors(chosen: readonly Block[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  const files = new Map([[join(root, 'test/site/prelude.ts'), PRELUDE]]);
  const places = new Map<string, string>();
  chosen.forEach(({ code, place }, i) => {
    const path = join(root, `test/site/block-${i}.ts`);
    files.set(path, `${code}\nexport {};\n`);
    places.set(path, place);
  });
  // A document shows what it speaks of; that it does not use all of it is no error.
  const settings = { ...options, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(settings);
  host.fileExists = (path) => files.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => files.get(path) ?? ts.sys.readFile(path);
  const program = ts.createProgram([...files.keys()], settings, host);
  return [...files.keys()].flatMap((path) => {
    const source = program.getSourceFile(path)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) =>
        `${places.get(path) ?? 'prelude'}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}

/** An interpreter's answer on a text that it only parses; null where there is no such interpreter. */
function complaint(command: string, args: readonly string[], text: string): string | null {
  try {
    execFileSync(command, args, { input: text, stdio: ['pipe', 'ignore', 'pipe'] });
    return '';
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    if (code === 'ENOENT' && process.env.CI !== 'true') return null;
    return stderr?.toString() ?? String(error);
  }
}

describe('the code blocks of the documents', () => {
  it('in TypeScript compile against the packages, where a block with a mistake would not', () => {
    expect(blocksIn('ts').length).toBeGreaterThan(20);
    const wrong: Block = {
      place: 'a mistake',
      language: 'ts',
      code: 'await fit(model, xs, ys, { epochs: 1, selector: recencyBias({ windw: 3 }) });',
    };
    const errors = compileErrors([...blocksIn('ts'), wrong]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('a mistake: Object literal may only specify known properties');
  }, 120_000);

  it('in JavaScript parse', () => {
    expect(blocksIn('js').length).toBeGreaterThan(2);
    for (const { code, place } of blocksIn('js')) {
      const { diagnostics } = ts.transpileModule(code, {
        reportDiagnostics: true,
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
      });
      const problems = diagnostics!.map(({ messageText }) =>
        ts.flattenDiagnosticMessageText(messageText, '\n'),
      );
      expect(problems, place).toEqual([]);
    }
  });

  it('in YAML parse', () => {
    expect(blocksIn('yaml').length).toBeGreaterThan(3);
    for (const { code, place } of blocksIn('yaml')) {
      // Alternatives stand below each other under one key.
      const problems = parseAllDocuments(code, { uniqueKeys: false }).flatMap(({ errors }) => errors);
      expect(problems, place).toEqual([]);
    }
  });

  it.each([
    ['python', 'python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())']],
    ['sh', 'bash', ['-n']],
  ] as const)('in %s parse', (language, command, args) => {
    expect(blocksIn(language).length).toBeGreaterThan(4);
    for (const { code, place } of blocksIn(language)) {
      const said = complaint(command, args, code);
      if (said !== null) expect(said, place).toBe('');
    }
  });
});
