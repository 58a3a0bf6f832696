import type { IncidentView } from '../../../contracts/http/incidents.ts';
import { t } from '../i18n/language.svelte.ts';
import { type CurrentSite, nodeName } from './current-site.svelte.ts';

export function titleOf(incident: IncidentView, site: CurrentSite): string {
  const kind = incident.planned === null ? t(`kind.${incident.kind}`) : t('kind.planned');
  const phases = incident.kind === 'partial' ? ` ${incident.phases}` : '';
  const root = incident.root === 'site' ? site.view.name : nodeName(site, incident.root);
  return `${root} ${kind}${phases}`;
}
