/**
 * The gamma function's logarithm and its derivatives, in double precision: the steps of runtime/src/ops/gamma.ts, which explains them. One copy
 * for all levels of vector instructions. The C library's lgamma writes a global variable, so threads could not share it.
 */
#pragma once

namespace gfn::m::gamma {

/** ln |Γ(x)|. */
double logGamma(double x);
/** ψ(x). */
double digamma(double x);
/** The derivative of ψ of an order from 1 to 100; NaN for any other. */
double polygamma(double order, double x);

}  // namespace gfn::m::gamma
