import { add, engine, ones, Tensor, util, type NamedTensorMap } from '@tensorflow/tfjs-core';
import type { TorchBackend } from '../tensor/backend.js';
import { inPlaceOperator, scoped } from '../native/operator.js';
import { onTorch } from './gradients.js';

/** One operation that TensorFlow.js recorded. */
interface TapeNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: NamedTensorMap;
  readonly outputs: Tensor[];
  readonly saved: Tensor[];
  readonly gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

type Gradients = (
  f: () => Tensor,
  xs: Tensor[],
  dy?: Tensor | null,
  allowNoGradients?: boolean,
) => { value: Tensor; grads: Tensor[] };

/** The part of TensorFlow.js's engine that records and differentiates. */
interface TapeEngine {
  state: { activeTape: TapeNode[] | null; gradientDepth: number };
  backend: unknown;
  gradients: Gradients;
  startTape(): void;
  endTape(): void;
  tidy<T>(f: () => T): T;
}

const addInPlace = inPlaceOperator('add_.Tensor');

/**
 * Makes TensorFlow.js release each activation and gradient of a backward pass right after its last use, while this backend
 * is in use. By itself TensorFlow.js keeps all of them until the pass is over. Gradients of gradients are left to it.
 */
export function releaseEarly(): void {
  const tape = engine() as unknown as TapeEngine;
  const stock = tape.gradients.bind(tape);
  tape.gradients = (f, xs, dy, allowNoGradients = false) =>
    onTorch() && tape.state.gradientDepth === 0
      ? differentiate(tape, f, xs, dy ?? undefined, allowNoGradients)
      : stock(f, xs, dy, allowNoGradients);
}

function differentiate(
  tape: TapeEngine,
  f: () => Tensor,
  xs: Tensor[],
  dy: Tensor | undefined,
  allowNoGradients: boolean,
): ReturnType<Gradients> {
  util.assert(xs.length > 0, () => 'gradients() received an empty list of xs.');
  if (dy !== undefined && dy.dtype !== 'float32') {
    throw new Error(`dy must have 'float32' dtype, but has '${dy.dtype}'`);
  }
  const y = record(tape, f);
  const nodes = tape.state.activeTape ?? [];
  try {
    util.assert(y instanceof Tensor, () => 'The result y returned by f() must be a tensor.');
    const path = nodesBetween(nodes, xs, y);
    if (!allowNoGradients && path.length === 0) {
      throw new Error(
        'Cannot compute gradient of y=f(x) with respect to x. Make sure that the f you passed encloses all ' +
          'operations that lead from x to y.',
      );
    }
    const needed = new Set(path.map(({ id }) => id));
    for (const { id, saved } of nodes) if (!needed.has(id)) disposeAll(saved);
    return tape.tidy(() => {
      const sums = new GradientSums(tape, xs, dy);
      sums.add(y, dy ?? ones(y.shape));
      for (const node of path.reverse()) propagate(tape, node, sums);
      return { value: y, grads: xs.map((x) => sums.sumFor(x)!) };
    });
  } finally {
    for (const { saved } of nodes) disposeAll(saved);
    tape.state.activeTape = null;
  }
}

function record(tape: TapeEngine, f: () => Tensor): Tensor {
  tape.startTape();
  try {
    return tape.tidy(f);
  } finally {
    tape.endTape();
  }
}

function disposeAll(tensors: Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}

/** The recorded operations through which y depends on xs, each with only the inputs that depend on xs. */
function nodesBetween(nodes: TapeNode[], xs: Tensor[], y: Tensor): TapeNode[] {
  const fromX = new Set(xs.map(({ id }) => id));
  const reached = nodes.filter(({ inputs, outputs }) => {
    const depends = Object.values(inputs).some(({ id }) => fromX.has(id));
    if (depends) for (const { id } of outputs) fromX.add(id);
    return depends;
  });
  const toY = new Set([y.id]);
  const path: TapeNode[] = [];
  for (const node of reached.reverse()) {
    if (!node.outputs.some(({ id }) => toY.has(id))) continue;
    const inputs = Object.fromEntries(Object.entries(node.inputs).filter(([, { id }]) => fromX.has(id)));
    for (const { id } of Object.values(inputs)) toY.add(id);
    path.push({ ...node, inputs });
  }
  return path.reverse();
}

function propagate(tape: TapeEngine, node: TapeNode, sums: GradientSums): void {
  const { gradient, kernelName, inputs, outputs, saved } = node;
  if (gradient === undefined) {
    throw new Error(`Cannot compute gradient: gradient function not found for ${kernelName}.`);
  }
  // Whatever else the gradient function makes goes when it is done.
  const parts = tape.tidy(() => {
    const gradients = gradient(outputs.map((output) => sums.sumFor(output) ?? null));
    return Object.entries(inputs).map(([name, x]) => {
      const compute = gradients[name];
      if (compute === undefined) {
        throw new Error(
          `Cannot backprop through input ${name}. Available gradients found: ${Object.keys(gradients).join()}.`,
        );
      }
      return checked(kernelName, name, x, tape.tidy(compute));
    });
  });
  Object.values(inputs).forEach((x, i) => {
    sums.add(x, parts[i]!);
  });
  for (const output of outputs) sums.drop(output);
  disposeAll(saved);
}

function checked(kernelName: string, name: string, x: Tensor, dx: Tensor): Tensor {
  if (dx.dtype !== 'float32') {
    throw new Error(
      `Error in gradient for op ${kernelName}. The gradient of input ${name} must have 'float32' dtype, but has ` +
        `'${dx.dtype}'`,
    );
  }
  if (!util.arraysEqual(dx.shape, x.shape)) {
    throw new Error(
      `Error in gradient for op ${kernelName}. The gradient of input '${name}' has shape '${dx.shape.join()}', ` +
        `which does not match the shape of the input '${x.shape.join()}'`,
    );
  }
  return dx;
}

/** The gradients of tensors, each the sum of the terms that arrived so far. */
class GradientSums {
  readonly #sums = new Map<number, Tensor>();
  /** How many gradients a tensor stands for: a gradient function may give one tensor twice, or its own argument. */
  readonly #uses = new Map<number, number>();
  readonly #tape: TapeEngine;
  readonly #keep: Set<number>;

  constructor(tape: TapeEngine, xs: Tensor[], dy: Tensor | undefined) {
    this.#tape = tape;
    this.#keep = new Set(xs.map(({ id }) => id));
    // The caller disposes dy.
    if (dy !== undefined) this.#uses.set(dy.id, 1);
  }

  sumFor(x: Tensor): Tensor | undefined {
    return this.#sums.get(x.id);
  }

  add(x: Tensor, part: Tensor): void {
    const before = this.#sums.get(x.id);
    if (before === undefined) {
      this.#set(x, part);
      return;
    }
    if (this.#addInto(before, part)) {
      if (!this.#uses.has(part.id)) part.dispose();
      return;
    }
    const sum = add(before, part);
    this.#use(before, -1);
    if (!this.#uses.has(part.id)) part.dispose();
    this.#set(x, sum);
  }

  /** Forgets the gradient of a tensor whose operation has been differentiated. */
  drop(x: Tensor): void {
    const sum = this.#sums.get(x.id);
    if (sum === undefined || this.#keep.has(x.id)) return;
    this.#sums.delete(x.id);
    this.#use(sum, -1);
  }

  #set(x: Tensor, sum: Tensor): void {
    this.#sums.set(x.id, sum);
    this.#use(sum, 1);
  }

  #use(tensor: Tensor, change: number): void {
    const uses = (this.#uses.get(tensor.id) ?? 0) + change;
    if (uses > 0) {
      this.#uses.set(tensor.id, uses);
    } else {
      this.#uses.delete(tensor.id);
      tensor.dispose();
    }
  }

  /** Adds in place where nobody else sees the sum; saves an allocation and a third of the memory traffic. */
  #addInto(sum: Tensor, part: Tensor): boolean {
    if (this.#uses.get(sum.id) !== 1) return false;
    const backend = this.#tape.backend as TorchBackend;
    const target = backend.exclusive(sum);
    if (target === undefined) return false;
    scoped(() => addInPlace(target, backend.handle(part), 1));
    return true;
  }
}
