// Make the script and the style sheet of the public apps: `node build.mjs` in this folder.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const ours = (name) => join(here, name);

/** Leave out what is large and never used. */
const lean = {
  name: "lean",
  setup(run) {
    const within = /jupyter-leaflet\/lib/;
    run.onResolve({ filter: /^\.\.?\/leaflet$/ }, ({ importer }) =>
      within.test(importer) ? { path: ours("leaflet.js") } : undefined,
    );
    // One class is fetched from the file that lists all of them.
    run.onResolve({ filter: /^\.\.\/jupyter-leaflet$/ }, ({ resolveDir }) => ({
      path: resolve(resolveDir, "../controls/Control.js"),
    }));
    // A style sheet names its pictures the way of another tool.
    run.onResolve({ filter: /^~/ }, ({ path, ...where }) => run.resolve(path.slice(1), where));
    // Descriptions are shown as text (manager.js), so nothing needs to be sanitised.
    run.onResolve({ filter: /^sanitize-html$/ }, () => ({ path: ours("nothing.js") }));
  },
};

await build({
  entryPoints: [ours("live.js")],
  outdir: join(here, "..", "..", "web", "static", "built"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  loader: { ".png": "dataurl", ".svg": "dataurl" },
  legalComments: "linked",
  plugins: [lean],
  metafile: process.argv.includes("--sizes"),
  logLevel: "warning",
}).then(({ metafile }) => {
  if (!metafile) return;
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const sizes = {};
  for (const [path, { bytesInOutput }] of inputs) {
    const name = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? "own";
    sizes[name] = (sizes[name] ?? 0) + bytesInOutput;
  }
  console.table(Object.entries(sizes).sort(([, a], [, b]) => b - a).slice(0, 30));
});
