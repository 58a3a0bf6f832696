import type { TextPreview } from '../../contracts/http/notices.ts';
import { segmentsOf } from '../../core/notices/segments.ts';

export function textPreview(body: string): TextPreview {
  return { body, characters: [...body].length, ...segmentsOf(body) };
}
