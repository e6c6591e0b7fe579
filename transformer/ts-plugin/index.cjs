module.exports = require("../dist/commonjs/ts-plugin.cjs").default;
