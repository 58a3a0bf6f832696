/** The words of one subject in every language, loaded with the pages that use them. The first language's keys are the list. */
export function defineWords<Key extends string>(
  zhCn: Readonly<Record<Key, string>>,
  en: Readonly<Record<NoInfer<Key>, string>>,
): Words<Key> {
  return { 'zh-CN': zhCn, en };
}

export interface Words<Key extends string> {
  readonly 'zh-CN': Readonly<Record<Key, string>>;
  readonly en: Readonly<Record<Key, string>>;
}
