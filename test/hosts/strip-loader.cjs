/** A webpack loader that strips types like esbuild-loader: esbuild reads the earlier map from the text and composes it. */
const { transform } = require("esbuild");

module.exports = function strip(source) {
  const done = this.async();
  transform(source, { loader: "ts", sourcemap: true, sourcefile: this.resourcePath }).then(
    ({ code, map }) => done(null, code, JSON.parse(map)),
    (error) => done(error),
  );
};
