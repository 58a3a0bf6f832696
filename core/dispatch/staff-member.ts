/** Somebody who can be sent. */
export interface StaffMember {
  /** Person id. */
  readonly id: string;
  readonly name: string;
  /** E.164; null for an erased person. */
  readonly phone: string | null;
  readonly language: 'zh-CN' | 'en';
  readonly skills: readonly string[];
  /** The account this person signs in with. */
  readonly account: string | null;
  readonly active: boolean;
}
