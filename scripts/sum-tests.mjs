// Adds up what every runner printed and closes with one line that any reader of CI output understands.
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) continue;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are control characters
  const text = readFileSync(file, 'utf8').replace(/\u001b\[[0-9;]*m/g, '');
  for (const line of text.split('\n')) {
    if (!/^\s*(Tests|Proofs)\s/.test(line)) continue;
    passed += count(line, 'passed');
    failed += count(line, 'failed');
    skipped += count(line, 'skipped');
  }
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);

function count(line, word) {
  const match = new RegExp(`(\\d+) ${word}`).exec(line);
  return match ? Number(match[1]) : 0;
}
