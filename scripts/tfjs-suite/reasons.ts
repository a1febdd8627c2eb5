import type { SpecOutcome } from './outcome.js';

/** Why a wasm backend fails a spec: the first rule that fits counts. */
interface Rule {
  readonly reason: string;
  /** Whether training may need what fails. */
  readonly training: boolean;
  readonly fits: (spec: SpecOutcome, message: string) => boolean;
}

const message = (pattern: RegExp) => (_: SpecOutcome, text: string) => pattern.test(text);
const name = (pattern: RegExp) => (spec: SpecOutcome) => pattern.test(spec.name);

const rules: readonly Rule[] = [
  {
    reason: 'Complex numbers: the backend cannot store them',
    training: false,
    fits: message(/Kernel '(Complex|Real|Imag)'/),
  },
  { reason: 'Ragged tensors: the kernels are missing', training: false, fits: name(/^ragged/i) },
  {
    reason: 'Strings: the backend stores them but has no kernels for them',
    training: false,
    fits: (spec, text) =>
      /string/i.test(spec.name) ||
      /Unknown dtype string|StaticRegexReplace/.test(text) ||
      spec.name.startsWith('squeeze'),
  },
  {
    reason: 'Slice does not check its bounds',
    training: false,
    fits: name(/^slice\dd .*out of bounds/),
  },
  {
    reason: 'Histogram of an image: Bincount counts along the last axis only',
    training: false,
    fits: name(/^threshold .*otsu/),
  },
  {
    reason: 'Gradient of gather: UnsortedSegmentSum is missing',
    training: true,
    fits: message(/'UnsortedSegmentSum'/),
  },
  {
    reason: 'Einsum is missing',
    training: true,
    fits: (spec, text) => text.includes("'Einsum'") || spec.name.startsWith('einsum'),
  },
  {
    reason: 'Gradient of conv2d: Conv2DBackpropFilter is missing',
    training: true,
    fits: message(/'Conv2DBackpropFilter'/),
  },
  {
    reason: 'Gradients of depthwiseConv2d are missing',
    training: true,
    fits: message(/'DepthwiseConv2dNativeBackprop(Filter|Input)'/),
  },
  {
    reason: 'Convolutions know the layout NHWC only',
    training: true,
    fits: message(/does not support dataFormat/),
  },
  {
    reason: 'Fused layers know a bias of rank 1 only',
    training: true,
    fits: message(/only supports rank-1 bias|bias shape .* does not match/),
  },
  {
    reason: 'Matrix products know float32 only',
    training: true,
    fits: message(/BatchMatMul for non non-float32/),
  },
  { reason: 'ClipByValue hides NaN', training: true, fits: name(/^clipByValue/) },
  {
    reason: 'Identity copies its data',
    training: true,
    fits: (spec, text) =>
      text.includes('internal memory leak') || /gradient registry|gradient with clones/.test(spec.name),
  },
  {
    reason: 'Cast makes a bool of a number by its last 8 bits',
    training: true,
    fits: name(/^tensor .* -> bool$/),
  },
  {
    reason: 'Pooling over windows of one pixel leaves its result unset',
    training: true,
    fits: name(/^pool .*f=\[1,1\]/),
  },
];

/** Failed specs by the reason why they fail. */
export interface FailureGroup {
  readonly reason: string;
  readonly training: boolean;
  readonly specs: readonly string[];
}

/** Name of the group of failures for which no rule above is known. */
export const UNEXPLAINED = 'Unexplained';

export function groupFailures(specs: readonly SpecOutcome[]): FailureGroup[] {
  const groups = new Map<string, { reason: string; training: boolean; specs: string[] }>();
  for (const spec of specs) {
    if (spec.status !== 'failed') continue;
    const text = spec.messages[0] ?? '';
    const rule = rules.find(({ fits }) => fits(spec, text)) ?? { reason: UNEXPLAINED, training: true };
    const group = groups.get(rule.reason) ?? { reason: rule.reason, training: rule.training, specs: [] };
    group.specs.push(spec.name);
    groups.set(rule.reason, group);
  }
  return [...groups.values()].sort((a, b) => a.reason.localeCompare(b.reason));
}
