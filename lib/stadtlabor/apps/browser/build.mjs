// Make the script and the style sheet of the public apps: `node build.mjs` in this folder.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "..", "web", "static", "built");
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

rmSync(target, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [ours("live.js")],
  outdir: target,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  loader: { ".png": "dataurl", ".svg": "dataurl" },
  legalComments: "none", // all licences stand in one file
  plugins: [lean],
  metafile: true,
  logLevel: "warning",
});

const folders = new Set(
  Object.keys(metafile.inputs).flatMap((path) => path.match(/.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []),
);
const licences = [...folders].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json")));
  const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), "utf8") : ""}`;
});
writeFileSync(join(target, "licences.txt"), licences.join(`\n${"-".repeat(72)}\n\n`));
