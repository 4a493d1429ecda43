// Runs a test binary of wasm32-unknown-unknown in Node: cargo calls it as the runner of that target.
//
// The target has no output: a failing test is a trap, whose stack names the test.
import { readFileSync } from 'node:fs';

Error.stackTraceLimit = 50;

const bytes = readFileSync(process.argv[2]);
const module = new WebAssembly.Module(bytes);
const imports = WebAssembly.Module.imports(module);
if (imports.length > 0) throw new Error(`the tests import ${imports.map(({ module, name }) => `${module}.${name}`).join(', ')}`);

const [names] = WebAssembly.Module.customSections(module, 'name');
if (!Buffer.from(names ?? []).includes('test_main_static')) throw new Error(`${process.argv[2]} has no test harness`);

const { exports } = new WebAssembly.Instance(module, {});
const start = performance.now();
let failed;
try {
  failed = exports.main(0, 0) !== 0;
} catch (trap) {
  console.error(trap.stack);
  failed = true;
}
console.log(`${failed ? 'FAILED' : 'passed'} in wasm, ${((performance.now() - start) / 1000).toFixed(1)} s`);
process.exit(failed ? 1 : 0);
