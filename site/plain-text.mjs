/** Text that stays text: the site's pages are templates, in which two braces would be an expression and a tag an element. */

/** Tags but for those that TypeDoc writes: places that links lead to, and breaks. */
const FOREIGN_TAG = /^<(?!(a id="[\w-]+"|\/a|br ?\/?)>$)/;

/**
 * A plugin of markdown-it that shows braces as they are, and in the reference tags too: there `<T>` is a type.
 *
 * @param isReference whether a page, by its path, is one of the reference
 */
export function plainText(isReference) {
  return (md) => {
    const { text, code_inline: code, html_inline: tag, html_block: tags } = md.renderer.rules;
    const written = (rule) => (tokens, i, options, env, self) => {
      return isReference(env.relativePath ?? '') && FOREIGN_TAG.test(tokens[i].content)
        ? braces(md.utils.escapeHtml(tokens[i].content))
        : rule(tokens, i, options, env, self);
    };
    md.renderer.rules.text = (...args) => braces(text(...args));
    md.renderer.rules.code_inline = (...args) => braces(code(...args));
    md.renderer.rules.html_inline = written(tag);
    md.renderer.rules.html_block = written(tags);
  };
}

const braces = (html) => html.replaceAll('{{', '&#123;&#123;');
