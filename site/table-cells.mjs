/** Tables that can be read on a phone: short cells keep their line, and long ones get room. A heading without words is none. */

const SHORT = 16;
const LONG = 44;

/** A plugin of markdown-it that gives cells the class `short` or `long`, by what can be read of them. */
export function tableCells(md) {
  md.core.ruler.push('table-cells', ({ tokens }) => {
    tokens.forEach((token, i) => {
      if (token.type !== 'td_open' && token.type !== 'th_open') return;
      const length = (tokens[i + 1]?.children ?? []).reduce((sum, { content }) => sum + content.length, 0);
      if (length <= SHORT) token.attrJoin('class', 'short');
      else if (length > LONG) token.attrJoin('class', 'long');
      if (length > 0 || token.tag !== 'th') return;
      token.tag = 'td';
      tokens[i + 2].tag = 'td';
    });
  });
}
