/** Options of the bundlers' plugins; apart from the factory, so that their declarations name no bundler but their own. */
export interface BundlerOptions {
  /** tsconfig.json with which types are read; the nearest one above each file by default. */
  readonly tsconfig?: string;
  /** Project root, which messages and emitted places are relative to; by default Vite's `root`, webpack's `context`, or the working directory. */
  readonly root?: string;
}
