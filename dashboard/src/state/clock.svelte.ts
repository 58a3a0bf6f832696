/** The server's time as this page sees it: the device's own clock corrected by the last heartbeat. Ticks once a second. */
export const clock = $state({ now: Date.now(), offset_ms: 0 });

export function correctClock(serverNow: number): void {
  clock.offset_ms = serverNow - Date.now();
}

export function startClock(): () => void {
  const timer = setInterval(() => {
    clock.now = Date.now() + clock.offset_ms;
  }, 1000);
  return () => clearInterval(timer);
}
