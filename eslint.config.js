/**
 * Typed rules for the packages' sources. Biome formats and does the untyped lint; here stand the rules that need types,
 * above all that a switch over a `kind` names every kind and that no promise is left floating.
 */
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/**", "**/out/**", "test/**", "samples/**", "**/*.js", "**/*.mjs", "*.ts"] },
  {
    files: ["runtime/src/**/*.ts", "transformer/src/**/*.ts", "plugin-esbuild/src/**/*.ts", "native/src/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Typed arrays are indexed everywhere; the bounds are checked once at the border (design: validate, then trust).
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
      // `list[i] as T` says that the index is in range; without noUncheckedIndexedAccess the rule calls that unnecessary.
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      // `Function`, `void` in unions and accessors without state are part of the emitted namespace's contract.
      "@typescript-eslint/no-unsafe-function-type": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // Types of any callee need it; the no-unsafe rules say where a value of that type is used.
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Matters of taste that cost more than they find.
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-dynamic-delete": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/prefer-literal-enum-member": "off",
      "@typescript-eslint/unified-signatures": "off",
    },
  },
  {
    // The compiler's API hands out objects whose methods do not use `this`.
    files: ["transformer/src/**/*.ts"],
    rules: { "@typescript-eslint/unbound-method": "off" },
  },
);
