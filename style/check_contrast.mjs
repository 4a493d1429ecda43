// Computes the contrast of every pair of colours that stand together, in both themes, from _tokens.scss.
// Run: node style/check_contrast.mjs
import { readFileSync } from 'node:fs';

const tokens = readFileSync(new URL('_tokens.scss', import.meta.url), 'utf8');
const theme = (start) => {
  const block = tokens.slice(tokens.indexOf(start), tokens.indexOf('}', tokens.indexOf(start)));
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]));
};
const luminance = (colour) => {
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};

const grounds = ['ground', 'surface', 'sunken'];
const words = ['text', 'quiet', 'link', 'bad', 'good', 'urgent'].flatMap((ink) => grounds.map((on) => [ink, on, 4.5]));
const soft = ['primary', 'bad', 'good', 'urgent', 'quiet'].map((name) => [`on-${name}-soft`, `${name}-soft`, 4.5]);
const pairs = [
  ...words,
  ...soft,
  ['on-primary', 'primary', 4.5],
  ['on-primary', 'primary-pressed', 4.5],
  ['on-bad', 'bad', 4.5],
  ['on-bad', 'bad-pressed', 4.5],
  ['on-disabled', 'disabled', 4.5],
  ['primary', 'surface', 4.5],
  ['link', 'primary-soft', 4.5],
  ['edge', 'surface', 3],
  ['edge', 'ground', 3],
  ['focus', 'focus-edge', 3],
];

let failed = 0;
for (const start of ['@mixin light', '@mixin dark']) {
  const colours = theme(start);
  for (const [ink, on, least] of pairs) {
    const found = contrast(colours[ink], colours[on]);
    if (found >= least) continue;
    failed += 1;
    console.log(`${start.slice(7)}: ${ink} on ${on} is ${found.toFixed(2)}, at least ${least} is required`);
  }
}
const plates = theme(':root {\n  --plate-blue');
for (const plate of ['blue', 'green', 'yellow']) {
  const found = contrast(plates[`plate-${plate}`], plates[`plate-${plate}-ink`]);
  if (found < 4.5) failed += 1;
}
console.log(failed ? `${failed} pairs fail` : 'every pair keeps its contrast');
process.exitCode = failed ? 1 : 0;
