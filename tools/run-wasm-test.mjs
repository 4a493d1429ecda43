// Runs a test binary of wasm32-unknown-unknown in Node: cargo calls it as the runner of that target.
//
// The target has no output, so a failing test shows as a trap whose stack names it, and the tests that ran are read from
// the names in the module.
import { readFileSync } from 'node:fs';

const bytes = readFileSync(process.argv[2]);
const module = new WebAssembly.Module(bytes);
const imports = WebAssembly.Module.imports(module);
if (imports.length > 0) throw new Error(`the tests import ${imports.map(({ module, name }) => `${module}.${name}`).join(', ')}`);

// The test harness calls each test through a closure of its own: crate::test_name::{closure}.
const [section] = WebAssembly.Module.customSections(module, 'name');
const names = Buffer.from(section ?? []).toString('latin1');
const crate = process.argv[2].match(/([a-z_0-9]+)-[0-9a-f]+\.wasm$/)?.[1] ?? '';
const closures = new RegExp(`${crate.length}${crate}\\d+([a-z_0-9]+?)(?:28_\\$u7b\\$|0s?_?0)|${crate}::([a-z_0-9]+)::\\{\\{closure\\}\\}`, 'g');
const tests = new Set([...names.matchAll(closures)].map((match) => match[1] ?? match[2]));
if (tests.size === 0) throw new Error(`no tests in ${process.argv[2]}`);

const { exports } = new WebAssembly.Instance(module, {});
const start = performance.now();
let failed;
try {
  failed = exports.main(0, 0) !== 0;
} catch (trap) {
  console.error(trap.stack);
  failed = true;
}
console.log(`${failed ? 'FAILED' : 'passed'} in wasm, ${tests.size} tests, ${((performance.now() - start) / 1000).toFixed(1)} s`);
process.exit(failed ? 1 : 0);
