import tseslint from 'typescript-eslint';

/** A comment says what a thing is or why it is there, and does so sooner without "What" before it. */
const commentsSayWhy = {
  meta: { type: 'suggestion', schema: [] },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (!/^[\s*]*What\s/.test(comment.value)) continue;
        context.report({
          loc: comment.loc,
          message: 'Begin with the thing itself instead of "What ...", or say why it is there.',
        });
      }
    },
  }),
};

/** A private constructor is left out: it has no form with `#`. */
const onePrivateForm = {
  selector:
    'ClassBody:has(> [key.type="PrivateIdentifier"]) > [accessibility="private"]:not([kind="constructor"]), ' +
    'ClassBody:has(> [key.type="PrivateIdentifier"]) > [kind="constructor"] > * > TSParameterProperty[accessibility="private"]',
  message: 'A class writes its private members with # or with private, not both.',
};

export default tseslint.config(
  {
    files: ['**/*.{ts,mjs}'],
    plugins: { project: { rules: { 'comments-say-why': commentsSayWhy } } },
    rules: { 'project/comments-say-why': 'error' },
  },
  { ignores: ['**/dist/', '**/node_modules/', 'runs/', '**/fixtures/', 'test/packaging/consumer/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Typed arrays are indexed in hot loops whose bounds are known; `!` says so without a branch per sample.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'All randomness is seeded: use Random of recency-bias.',
        },
      ],
      'no-restricted-syntax': ['error', onePrivateForm],
    },
  },
  {
    files: ['packages/*/{src,engine}/**/*.ts'],
    ignores: ['**/*.test.ts', 'packages/playground/**'],
    rules: {
      // A call takes some 120,000 arguments at most; data have more samples.
      'no-restricted-syntax': [
        'error',
        onePrivateForm,
        {
          selector:
            'CallExpression[callee.property.name=/^(push|unshift|splice|concat|of|fromCharCode|fromCodePoint|max|min|hypot)$/] > SpreadElement',
          message:
            'A list may have more members than a call takes arguments: go over it in a loop, or use largest and smallest.',
        },
      ],
    },
  },
);
