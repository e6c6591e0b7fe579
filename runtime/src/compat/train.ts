/** `gf.compat.v1.train`. */
export { AdamOptimizer, GradientDescentOptimizer, type MinimizeOptions, MomentumOptimizer, Optimizer, type Rate } from "./optimizers.ts";
