const phone = window.matchMedia('(max-width: 720px)');
const state = $state({ phone: phone.matches });
phone.addEventListener('change', ({ matches }) => {
  state.phone = matches;
});

/** A phone gets pages of its own, not a squeezed wall. */
export function isPhone(): boolean {
  return state.phone;
}
