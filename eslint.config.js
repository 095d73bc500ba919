/**
 * Lints of everything in TypeScript and Vue. The layers (client, live, components, pages) are arrows
 * that point one way; the last blocks hold them.
 */
import vue from 'eslint-plugin-vue'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Refuses imports with a reason; types may always be named. */
function layer(files, patterns) {
  return {
    files,
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  }
}

const noSocket = {
  group: ['@bellwether/client'],
  allowTypeImports: true,
  message: 'Only web/src/live speaks to the server; use what it exports.',
}
const noInside = {
  regex: '(^@|\\.)/live/',
  message: 'Import from live itself: its index is the whole surface.',
}

export default defineConfig(
  globalIgnores(['**/dist/', 'target/', '**/generated/', 'crates/']),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  vue.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          // Configuration at the roots belongs to no program of its own.
          allowDefaultProject: ['*.js', 'web/*.ts', 'clients/ts/*.ts'],
          defaultProject: 'tsconfig.json',
        },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // The name of a caught error says what went wrong, also where nothing else has to be known.
      '@typescript-eslint/no-unused-vars': ['error', { caughtErrors: 'none' }],
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['info', 'warn', 'error'] }],
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // The compiler checks names in templates; the linter cannot see what is generated.
      'no-undef': 'off',
      // Prettier decides about layout.
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/html-self-closing': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      // Optional props are absent, and every component says what that means.
      'vue/require-default-prop': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
    },
  },
  {
    files: ['**/*.test.ts'],
    rules: {
      // A test that finds nothing fails by itself.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'vue/one-component-per-file': 'off',
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  layer(['clients/ts/src/**'], [{ regex: '^[^.]', message: 'The client has no dependency.' }]),
  layer(
    ['web/src/live/**'],
    [{ regex: '/(app|pages|components|status|format)/', message: 'live knows no page.' }],
  ),
  layer(
    ['web/src/{components,status,format}/**'],
    [
      noSocket,
      noInside,
      { regex: '/(app|pages)/', message: 'Components do not know where they stand.' },
    ],
  ),
  layer(['web/src/{app,pages}/**'], [noSocket, noInside]),
)
