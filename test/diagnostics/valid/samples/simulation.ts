/** Simulation and games: state in objects, steps in loops. */

import type { Tensor } from "graphfn";
import * as gf from "graphfn";

interface Body {
  x: Tensor;
  v: Tensor;
}

interface World {
  bodies: Body[];
  time: Tensor;
  readonly gravity: number;
}

const GRAVITY = -9.81;

/** @graphFunction */
export function bounce(height: Tensor, seconds: number): Tensor {
  let y = height;
  let v: Tensor = 0;
  const dt = 1 / 16;
  let bounces: Tensor = 0;
  for (let t = 0; t < seconds; t += dt) {
    v += GRAVITY * dt;
    y += v * dt;
    if (y < 0) {
      y = -y;
      v = -v * 0.8;
      ++bounces;
    }
  }
  return bounces;
}

function stepBody(body: Body, gravity: number, dt: number): void {
  body.v = body.v.add(gravity * dt);
  body.x = body.x.add(body.v.mul(dt));
  if (body.x.less(0)) {
    body.x = body.x.neg();
    body.v = body.v.mul(-0.5);
  }
}

/** @graphFunction */
export function worldSteps(x: Tensor, n: Tensor): Tensor {
  const world: World = {
    bodies: [
      { x, v: gf.zerosLike(x) },
      { x: x * 2, v: gf.onesLike(x) },
    ],
    time: gf.scalar(0),
    gravity: GRAVITY,
  };
  while (world.time < n) {
    for (const body of world.bodies) stepBody(body, world.gravity, 0.125);
    world.time = world.time + 1;
  }
  return world.bodies[0]!.x + world.bodies[1]!.x;
}

/** @graphFunction */
export function lorenz(p: Tensor, steps: Tensor): Tensor {
  const [sigma, rho, beta] = [10, 28, 8 / 3];
  const derivative = (s: Tensor): Tensor => {
    const [x, y, z] = [s[0], s[1], s[2]];
    return gf.stack([sigma * (y - x), x * (rho - z) - y, x * y - beta * z]);
  };
  const h = 0.01;
  for (let i: Tensor = 0; i < steps; i++) {
    const k1 = derivative(p);
    const k2 = derivative(p + (h / 2) * k1);
    p = p + h * k2;
  }
  return p;
}

/** @graphFunction */
export function mandelbrot(re: Tensor, im: Tensor, limit = 50): Tensor {
  let zr: Tensor = 0;
  let zi: Tensor = 0;
  let n: Tensor = 0;
  while (zr * zr + zi * zi <= 4 && n < limit) {
    [zr, zi] = [zr ** 2 - zi ** 2 + re, 2 * zr * zi + im];
    n++;
  }
  return n;
}

/** @graphFunction */
export function lifeCell(cells: Tensor, row: number, column: number): Tensor {
  let neighbours: Tensor = 0;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      if (dx === 0 && dy === 0) continue;
      neighbours += cells[row + dy][column + dx];
    }
  }
  return neighbours === 3 || (neighbours === 2 && cells[row][column] === 1) ? 1 : 0;
}

enum Phase {
  Idle,
  Moving,
  Done,
}

/** @graphFunction */
export function machine(inputs: Tensor): Tensor {
  let phase: Tensor = gf.scalar(Phase.Idle);
  let distance: Tensor = 0;
  run: for (const input of inputs) {
    switch (phase) {
      case Phase.Idle:
        if (input > 0) phase = gf.scalar(Phase.Moving);
        break;
      case Phase.Moving:
        distance += input;
        if (distance > 10) phase = gf.scalar(Phase.Done);
        break;
      case Phase.Done:
        break run;
    }
  }
  return phase * 100 + distance;
}

/** @graphFunction */
export function diffuse(field: Tensor, rounds: Tensor, rate: Tensor): Tensor {
  let heat = field;
  for (let r: Tensor = 0; r < rounds; r++) {
    const left = gf.concat([heat.slice([0], [1]), heat.slice([0], [3])]);
    const right = gf.concat([heat.slice([1], [3]), heat.slice([3], [1])]);
    heat = heat + rate * (left - 2 * heat + right);
  }
  return heat;
}

/** @graphFunction */
export function predatorPrey(prey: Tensor, predators: Tensor): { prey: Tensor; predators: Tensor; extinct: Tensor } {
  const rates = { birth: 0.1, hunt: 0.02, death: 0.3, gain: 0.01 } as const;
  let day: Tensor = 0;
  while (day < 50 && prey > 1 && predators > 1) {
    const change = {
      prey: rates.birth * prey - rates.hunt * prey * predators,
      predators: rates.gain * prey * predators - rates.death * predators,
    };
    prey += 0.1 * change.prey;
    predators += 0.1 * change.predators;
    day += 1;
  }
  return { prey, predators, extinct: prey <= 1 || predators <= 1 };
}

type Shape = { kind: "circle"; r: Tensor } | { kind: "box"; w: Tensor; h: Tensor };

function area(shape: Shape): Tensor {
  return shape.kind === "circle" ? shape.r.square().mul(Math.PI) : shape.w.mul(shape.h);
}

/** @graphFunction */
export function totalArea(r: Tensor): Tensor {
  const shapes: Shape[] = [
    { kind: "circle", r },
    { kind: "box", w: r, h: r + 1 },
  ];
  return shapes.map(area).reduce((sum, one) => sum + one);
}

/** @graphFunction */
export function history(x: Tensor, n: Tensor): Tensor {
  const seen: Tensor[] = [];
  for (let i: Tensor = 0; i < n; i++) {
    x = (x * 5 + 3) % 16;
    seen.push(x);
  }
  let sum: Tensor = 0;
  for (const one of seen) sum += one;
  return sum * 100 + seen.length;
}

/** @graphFunction */
export function logged(x: Tensor): Tensor {
  let i: Tensor = 0;
  while (x > 1) {
    x = x / 2;
    i++;
  }
  console.log(`done after ${i} rounds:`, x);
  return i;
}

export const runs = {
  bounce: [[2, { fixed: 3 }]],
  worldSteps: [[3, 7]],
  lorenz: [[[1, 1, 1], 10]],
  mandelbrot: [
    [-0.5, 0.5],
    [1, 1],
  ],
  lifeCell: [
    [
      [
        [0, 1, 0],
        [0, 1, 0],
        [0, 1, 0],
      ],
      { fixed: 1 },
      { fixed: 1 },
    ],
  ],
  machine: [[[0, 1, 6, 6, 3, 2]]],
  diffuse: [[[0, 4, 0, 0], 3, 0.25]],
  predatorPrey: [[40, 9]],
  totalArea: [[2]],
  history: [[7, 4]],
};
