/**
 * dispatch: until an engineer accepts · on_site: until one arrives · informed: until the owners have their message and a
 * first estimate · return_visit: from restoration until somebody has looked again.
 */
export type ClockName = 'dispatch' | 'on_site' | 'informed' | 'return_visit';
