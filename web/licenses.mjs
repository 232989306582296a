// Prints the licences of the packages in a bundle, from esbuild's metafile: node licenses.mjs META.json

import { readdirSync, readFileSync } from "node:fs";

const meta = JSON.parse(readFileSync(process.argv[2], "utf8"));
const folders = new Set(
  Object.keys(meta.inputs)
    .map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter(Boolean),
);

console.log("The page of jurybox contains these packages.");
for (const folder of [...folders].sort()) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file`);
  console.log(`\n${"=".repeat(80)}\n${name} ${version} (${license})\n${"=".repeat(80)}\n`);
  console.log(readFileSync(`${folder}/${file}`, "utf8").trim());
}
