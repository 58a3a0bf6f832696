import type { SlaveSpec } from './slave.ts';

/** A gateway is heard as long as any line to the slaves behind it is up; its state is told when it changes. */
export function createGatewayStates(
  tell: (site: string, gateway: string, state: 'online' | 'offline') => void,
) {
  const upLines = new Map<string, Set<string>>();
  const told = new Map<string, 'online' | 'offline'>();

  return {
    lineChanged(line: string, specs: readonly SlaveSpec[], up: boolean): void {
      const behind = new Map(
        specs.flatMap(({ site, via }) => (via === null ? [] : [[`${site}/${via}`, { site, via }]])),
      );
      for (const [key, { site, via }] of behind) {
        const lines = upLines.get(key) ?? new Set();
        upLines.set(key, lines);
        if (up) lines.add(line);
        else lines.delete(line);
        const state = lines.size > 0 ? 'online' : 'offline';
        if (told.get(key) === state) continue;
        told.set(key, state);
        tell(site, via, state);
      }
    },

    forget(line: string): void {
      for (const lines of upLines.values()) lines.delete(line);
    },
  };
}
