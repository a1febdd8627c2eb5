/** Two letters for each class, for cells too small for its name. */

/** Classes that a legend can name; of more, numbers are shown. */
const MOST = 40;

/** The first letter of a name with each later letter, the second first. */
function* pairs(name: string): Generator<string> {
  const letters = Array.from(name).filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  const [first, ...rest] = letters;
  if (first === undefined) return;
  for (const second of rest) yield first + second;
}

/**
 * A code for each class: its name where that has at most two letters, else two letters of it that no other class has; the number of
 * the class where there are none.
 * @returns undefined where there are too many classes for a legend
 */
export function classCodes(names: readonly string[]): readonly string[] | undefined {
  if (names.length > MOST) return undefined;
  const taken = new Set(names.filter((name) => name.length <= 2));
  return names.map((name, label) => {
    if (name.length <= 2) return name;
    const code = [...pairs(name)].find((pair) => !taken.has(pair)) ?? String(label);
    taken.add(code);
    return code;
  });
}
