import { getContext, setContext } from 'svelte';

/** Where the person is; filters live in `search`, so that every view is a link. */
export const location = $state({ path: window.location.pathname, search: window.location.search });

export function navigate(to: string, options: { readonly replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  readLocation();
}

/** Lets plain links work: same origin, unmodified left clicks become navigation, everything else stays the browser's. */
export function interceptLinks(event: MouseEvent): void {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  )
    return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (
    link === null ||
    link.origin !== window.location.origin ||
    link.target !== '' ||
    link.hasAttribute('download')
  )
    return;
  if (link.pathname.startsWith('/api/')) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}

export function readLocation(): void {
  location.path = window.location.pathname;
  location.search = window.location.search;
}

type Params = Readonly<Record<string, string>>;
const PARAMS = Symbol('params');

export function provideParams(params: () => Params): void {
  setContext(PARAMS, params);
}

/** What the route's `:name` segments hold on this page. */
export function useParams(): Params {
  return getContext<() => Params>(PARAMS)();
}
