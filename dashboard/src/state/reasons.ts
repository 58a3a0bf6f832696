import { t } from '../i18n/language.svelte.ts';
import type { MessageKey } from '../i18n/zh-cn.ts';

/** What detection writes into a timeline, in English; a person's own words match none of these and stay as they are. */
const REASONS: readonly (readonly [RegExp, MessageKey])[] = [
  [
    /^(?<n>\d+) of (?<all>\d+) devices under (?<node>\S+) testify, (?<lit>\d+) stayed live$/,
    'reason.testify',
  ],
  [/^carried over after the state of detection was lost$/, 'reason.carried'],
  [
    /^(?<own>\d+) units stay dark under a fault of their own, (?<mute>\d+) were not heard$/,
    'reason.restored',
  ],
  [/^proof of supply held long enough$/, 'reason.held'],
  [/^(?<joined>\d+) joined, (?<left>\d+) removed$/, 'reason.changed'],
  [/^from (?<from>\S+) to (?<to>\S+)$/, 'reason.moved'],
  [/^into (?<id>\S+)$/, 'reason.into'],
  [/^took in (?<id>\S+)$/, 'reason.took'],
  [/^apart from (?<id>\S+)$/, 'reason.apart'],
  [/^now under (?<id>\S+)$/, 'reason.under'],
  [/^outage on (?<phases>\S+)$/, 'reason.outage'],
  [/^partial on (?<phases>\S+)$/, 'reason.partial'],
  [/^dark again at the same root$/, 'reason.again'],
  [/^supply came and went, (?<n>\d+) times so far$/, 'reason.flapped'],
  [/^its own relay is open$/, 'reason.relayOpen'],
  [/^its relay is closed again$/, 'reason.relayClosed'],
  [/^voltages are normal again$/, 'reason.voltages'],
  [/^the evidence no longer speaks for a loss$/, 'reason.retracted'],
  [/^nobody reported it while it lasted$/, 'reason.unreported'],
  [/^closing refused, still dark: (?<units>.+)$/, 'reason.refused'],
  [/^restored by hand: (?<words>.*)$/, 'reason.byHand'],
  [/^the announced end of (?<id>\S+) has passed$/, 'reason.overdue'],
  [/^overrun since the announced end, see (?<id>\S+)$/, 'reason.overrun'],
  [/^(?<n>\d+) of (?<all>\d+) devices are heard again$/, 'reason.heard'],
];

export function reasonWords(reason: string): string {
  for (const [pattern, key] of REASONS) {
    const found = pattern.exec(reason);
    if (found !== null) return t(key, found.groups ?? {});
  }
  return reason;
}
