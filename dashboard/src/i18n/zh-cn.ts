/** The default language; its keys are the list every other language must have. `{name}` is filled in. */
export const zhCn = {
  'app.name': '复电',
  'app.loading': '正在连接供电系统…',
} as const;

export type MessageKey = keyof typeof zhCn;
export type Messages = Readonly<Record<MessageKey, string>>;
