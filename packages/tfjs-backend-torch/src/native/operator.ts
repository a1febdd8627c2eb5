import { addon, type Argument, type Handle } from './addon.js';

/** Tensors made while a kernel runs. All but its outputs are released when it ends. */
let scope: Handle[] | undefined;

/**
 * Runs `body` and releases every native tensor that it made and did not {@link adopt}. Scopes nest.
 */
export function scoped<T>(body: () => T): T {
  const outer = scope;
  const own: Handle[] = (scope = []);
  try {
    return body();
  } finally {
    scope = outer;
    if (own.length > 0) addon().dispose(...own);
  }
}

/** Takes a tensor out of the current scope: from now on the caller releases it. */
export function adopt(tensor: Handle): Handle {
  if (scope !== undefined) {
    const at = scope.lastIndexOf(tensor);
    if (at >= 0) scope.splice(at, 1);
  }
  return tensor;
}

/** Leaves a tensor to the current scope. */
export function temporary(tensor: Handle): Handle {
  scope?.push(tensor);
  return tensor;
}

/** An operator of libtorch as a function. */
export type Operator<R> = (...args: Argument[]) => R;

/** The dispatcher resolves an operator at its first call, so an operator that a libtorch lacks harms no other. */
function resolved(name: string): (...args: Argument[]) => unknown {
  const dot = name.indexOf('.');
  const [base, overload] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
  let id: number | undefined;
  return (...args) => {
    const native = addon();
    id ??= native.resolve(base.includes('::') ? base : `aten::${base}`, overload);
    return native.call(id, ...args);
  };
}

/** The operator `name` (say, `add.Tensor`), which gives a new tensor; the namespace is `aten` unless named. */
export function operator(name: string): Operator<Handle> {
  const call = resolved(name);
  return (...args) => temporary(call(...args) as Handle);
}

/** An operator that gives several tensors; where it gives none, the handle is null. */
export function operatorOfMany(name: string): Operator<Handle[]> {
  const call = resolved(name);
  return (...args) => {
    const tensors = call(...args) as (Handle | null)[];
    for (const tensor of tensors) if (tensor !== null) temporary(tensor);
    return tensors as Handle[];
  };
}

/** An operator that gives a number. */
export function numberOperator(name: string): Operator<number> {
  return resolved(name) as Operator<number>;
}

/** An operator that changes an argument and gives it back. */
export function inPlaceOperator(name: string): Operator<Handle> {
  return resolved(name) as Operator<Handle>;
}
