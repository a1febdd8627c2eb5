import { Local, unsigned, type Code } from './instructions.js';

const I32 = 0x7f;
const V128 = 0x7b;

/** A function under construction; its parameters are 32-bit integers and it returns nothing. */
export class FunctionBuilder {
  readonly parameters: number;
  readonly #variables: number[] = [];

  constructor(parameters: number) {
    this.parameters = parameters;
  }

  parameter(index: number): Local {
    return new Local(index);
  }

  integer(): Local {
    return this.#variable(I32);
  }

  vector(): Local {
    return this.#variable(V128);
  }

  vectors(count: number): Local[] {
    return Array.from({ length: count }, () => this.vector());
  }

  #variable(type: number): Local {
    return new Local(this.parameters + this.#variables.push(type) - 1);
  }

  /** The entry of the function in the code section. */
  encode(body: Code): number[] {
    const declarations = this.#variables.flatMap((type) => [1, type]);
    const code = [...unsigned(this.#variables.length), ...declarations, ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  }
}

/** Writes the body of a function whose parameters have these names. */
export interface FunctionSource {
  readonly parameters: readonly string[];
  readonly body: (f: FunctionBuilder, parameters: Readonly<Record<string, Local>>) => Code;
}

/** A function source with its parameter names known to the type checker. */
export function defineFunction<P extends string>(
  parameters: readonly P[],
  body: (f: FunctionBuilder, parameters: Readonly<Record<P, Local>>) => Code,
): FunctionSource {
  return { parameters, body };
}

/**
 * Encodes a module that exports the functions by name and imports the memory `env.memory`. A shared memory (the
 * threaded build of the backend) must be declared as such, with its maximum.
 */
export function assemble(
  functions: Readonly<Record<string, FunctionSource>>,
  shared: boolean,
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(functions);
  const types = entries.map(([, { parameters }]) => [
    0x60,
    ...unsigned(parameters.length),
    ...parameters.map(() => I32),
    0,
  ]);
  const limits = shared ? [3, 0, ...unsigned(65536)] : [0, 0];
  const code = entries.map(([, source]) => {
    const f = new FunctionBuilder(source.parameters.length);
    const names = source.parameters.map((name, i) => [name, f.parameter(i)] as const);
    return f.encode(source.body(f, Object.fromEntries(names)));
  });
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [[...text('env'), ...text('memory'), 2, ...limits]]),
    ...section(
      3,
      entries.map((_, i) => unsigned(i)),
    ),
    ...section(
      7,
      entries.map(([name], i) => [...text(name), 0, ...unsigned(i)]),
    ),
    ...section(10, code),
  ]);
}

function section(id: number, items: readonly number[][]): number[] {
  const content = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(content.length), ...content];
}

function text(value: string): number[] {
  return [...unsigned(value.length), ...Array.from(value, (letter) => letter.charCodeAt(0))];
}
