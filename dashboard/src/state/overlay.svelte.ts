/** What lies over the page, whoever asked for it: a key, a button in the header, one's own page. */
export const overlay = $state<{ shown: 'palette' | 'sheet' | null }>({ shown: null });
