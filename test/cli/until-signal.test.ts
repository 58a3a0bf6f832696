import { afterEach, expect, it, vi } from 'vitest';
import { untilSignal } from '../../cli/until-signal.ts';

afterEach(() => {
  vi.restoreAllMocks();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
});

it('one Ctrl-C that arrives three ways is one wish; a second one, later, ends the process at once', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(5_000);
  const asked = untilSignal();
  process.emit('SIGINT');
  clock.mockReturnValue(5_400);
  process.emit('SIGINT');
  process.emit('SIGTERM');
  await asked;
  expect(exit).not.toHaveBeenCalled();
  clock.mockReturnValue(6_500);
  process.emit('SIGINT');
  expect(exit).toHaveBeenCalledWith(130);
});
