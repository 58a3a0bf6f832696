import type { Messages } from './zh-cn.ts';

export const en: Messages = {
  'app.name': 'Relight',
  'app.loading': 'Connecting to the supply system…',
};
