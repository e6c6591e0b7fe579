// W15: import one library, compute 1 + 2 with it, print the peak memory. The runner times spawn to this line.
const [lib] = process.argv.slice(2);
let value;
if (lib === "ours") {
  const gf = await import("graphfn");
  value = gf.add(gf.scalar(1), gf.scalar(2)).dataSync()[0];
} else if (lib === "tfjs-cpu") {
  const tf = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-backend-cpu");
  await tf.setBackend("cpu");
  value = tf.add(tf.scalar(1), tf.scalar(2)).dataSync()[0];
} else value = 1 + 2;
console.log(JSON.stringify({ value, rss_mb: process.resourceUsage().maxRSS / 1024 }));
process.exit(0);
