/** Records of a run, and what is said of them: aims met and missed, as text and as a page. */

const middle = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

/** Medians by case and peer. A peer whose result is wrong keeps that. */
export class Results {
  #checks;
  #cases = new Map();

  constructor(checks) {
    this.#checks = checks;
  }

  add({ peer, case: name, cannot, median, check, unit }) {
    const peers = this.#cases.get(name) ?? this.#cases.set(name, new Map()).get(name);
    const kept = peers.get(peer) ?? peers.set(peer, { times: [], cannot: null, wrong: null, unit }).get(peer);
    if (cannot !== undefined) {
      kept.cannot = cannot;
      return;
    }
    kept.times.push(median);
    kept.unit = unit;
    const expected = this.#checks[name];
    const off = Math.abs(check - expected?.value);
    if (expected !== undefined && check !== null && check !== undefined && !(off <= expected.rel * Math.abs(expected.value))) {
      kept.wrong = `${check} instead of ${expected.value}`;
    }
  }

  /** The time of a peer, or null where it has none or a wrong result. */
  time(name, peer) {
    const kept = this.#cases.get(name)?.get(peer);
    return kept === undefined || kept.times.length === 0 || kept.wrong !== null ? null : middle(kept.times);
  }

  peers(name) {
    return [...(this.#cases.get(name) ?? [])].map(([peer, { cannot, wrong }]) => ({ peer, time: this.time(name, peer), cannot, wrong }));
  }
}

const SECONDS = { ns: 1e9, us: 1e6, ms: 1e3, s: 1 };

/** The limit of a case in its unit; null where none is known. */
function limitOf({ limit, unit }, limits) {
  if (limit === undefined || limits === null) return null;
  const { flop = 0, bytes = 0, fact } = limit;
  const seconds = fact === undefined ? flop / limits.flops + bytes / limits.bytes : limits[fact];
  return seconds * SECONDS[unit];
}

const isOurs = (peer) => peer.startsWith("ours");

/** One row of targets.json with its figures: which aims are met (true, false, or null where they cannot be told), and by how much. */
export function judge(row, results, limits, gemm) {
  const limit = limitOf(row, limits);
  const all = results.peers(row.id);
  const best = () => {
    const times = all.filter(({ peer, time }) => !isOurs(peer) && time !== null).map(({ time }) => time);
    return times.length === 0 ? null : Math.min(...times);
  };
  const aims = row.aims.map((aim) => {
    if (aim.needs !== undefined && !gemm.includes(aim.needs)) return { aim, met: null, why: `${aim.needs} is not there` };
    const ours = results.time(row.id, aim.by ?? "ours");
    const other = aim.most ?? (aim.limit !== undefined ? limit : aim.of === "best" ? best() : results.time(aim.case ?? row.id, aim.of));
    const allowed = other === null ? null : other * (aim.limit ?? aim.ratio ?? 1);
    if (ours === null || allowed === null) {
      const why = ours === null ? "not measured" : aim.limit !== undefined ? "the limit is not known" : `${aim.of} is not there`;
      return { aim, met: null, why };
    }
    return { aim, met: ours <= allowed, measured: ours / other, over: ours / allowed };
  });
  return {
    row,
    limit,
    ours: all.filter(({ peer }) => isOurs(peer)),
    peers: all.filter(({ peer }) => !isOurs(peer)),
    aims,
    wrong: all.some((each) => isOurs(each.peer) && each.wrong !== null),
  };
}

/** An aim in words. */
judge.said = ({ by, most, limit, ratio, of }) => {
  const who = by === undefined || by === "ours-eager" ? "" : `${by.slice(5)} `;
  if (most !== undefined) return `${who}≤ ${most}`;
  return limit !== undefined ? `${who}≤ ${limit} × limit` : `${who}≤ ${ratio} × ${of}`;
};

const figure = (x) => (x >= 1000 ? x.toFixed(0) : x >= 100 ? x.toFixed(1) : x >= 0.01 ? x.toPrecision(3) : x.toPrecision(2));
const mark = (met) => (met === null ? "·" : met ? "✓" : "✗");

function shown({ aim, met, measured, over, why }) {
  const said = judge.said(aim);
  if (met === null) return `${mark(met)} ${said}: ${why}`;
  const got = aim.most === undefined ? figure(measured) : `${figure(measured * aim.most)}`;
  return `${mark(met)} ${said}: ${got}${met ? "" : ` (${over.toFixed(2)} × the aim)`}`;
}

const known = (list) => list.filter(({ time }) => time !== null).toSorted((a, b) => a.time - b.time);
const wrongs = (list) => list.filter(({ wrong }) => wrong !== null).map(({ peer, wrong }) => `${peer} WRONG: ${wrong}`);

/** A case as some lines of text. */
export function text({ row, limit, ours, peers, aims }) {
  const own = [...known(ours).map(({ peer, time }) => `${peer} ${figure(time)}`), ...(limit === null ? [] : [`limit ${figure(limit)}`])];
  const others = [...known(peers).map(({ peer, time }) => `${peer} ${figure(time)}`), ...wrongs([...ours, ...peers])];
  const lines = [`${row.id}  ${row.what}, ${row.unit}`, `    ${own.join(" · ") || "not measured"}`];
  if (others.length > 0) lines.push(`    ${others.join(" · ")}`);
  for (const each of aims) lines.push(`    ${shown(each).padEnd(56)} ${each.aim.source}`);
  return lines.join("\n");
}

export function summary(judged) {
  const all = judged.flatMap(({ row, aims }) => aims.map((each) => ({ id: row.id, ...each })));
  const count = (met) => all.filter((each) => each.met === met).length;
  const missed = all.filter(({ met }) => met === false).toSorted((a, b) => b.over - a.over);
  const list = missed.map(({ id, aim, over }) => `  ✗ ${id.padEnd(17)} ${judge.said(aim).padEnd(28)} ${over.toFixed(2)} × the aim`);
  return [`${all.length} aims: ${count(true)} met, ${count(false)} missed, ${count(null)} not judged`, ...list].join("\n");
}

/** The page docs/performance.md. */
export function table({ command, about, judged }) {
  const cell = (list) => list.join("<br>");
  const lines = judged.map(({ row, limit, ours, peers, aims }) => {
    const own = known(ours).map(({ peer, time }) =>
      peer === "ours" || peer === "ours-eager" ? `${figure(time)}${peer === "ours" ? "" : " eager"}` : `${figure(time)} ${peer.slice(5)}`,
    );
    const others = known(peers)
      .slice(0, 4)
      .map(({ peer, time }) => `${peer} ${figure(time)}`);
    return `| ${row.id} | ${row.what}, ${row.unit} | ${cell(own) || "–"} | ${limit === null ? "" : figure(limit)} | ${cell(others)} | ${cell(aims.map(shown))} |`;
  });
  return `# Performance

Written by \`${command}\`. Times are medians, in the unit that is named; of the peers the four fastest are shown. Figures of one run on one
machine: compare within a row. \`test/perf/workloads/README.md\` says what each case is, \`test/perf/targets.json\` where each aim comes from.

${about.map((line) => `- ${line}`).join("\n")}

"eager": op by op. "plan": as a plan, where else a graph of scalars is JavaScript. "own": without oneDNN. "2T": two threads. "limit": what one
core needs for the operations and the bytes alone, or a loop written in C++ for this one case. ✓ met, ✗ missed, · not judged.

| case | what | ours | limit | peers | aims |
|---|---|---:|---:|---|---|
${lines.join("\n")}

${summary(judged).split("\n")[0]}.
`;
}
