const OUT = new Set([
  'td',
  't',
  'n',
  '退订',
  '退',
  'stop',
  'stopall',
  'unsubscribe',
  'cancel',
  'end',
  'quit',
  'optout',
  'revoke',
]);
const IN = new Set(['start', 'unstop', 'yes', '恢复', '恢复订阅', '订阅']);

/** Whether a message says nothing but that its sender wants no more of them, or wants them again. */
export function readOptWord(text: string): 'out' | 'in' | null {
  const word = text
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[\s.。!！,，;；'"“”-]+/g, '');
  return OUT.has(word) ? 'out' : IN.has(word) ? 'in' : null;
}
