import type { Delivery } from '../core/ports/outbox.ts';
import type { AlertingDeps } from './deps.ts';

/** True for a message that must not leave any more, because what it says is no longer so or corrects nothing. */
export function createOvertaken({
  stores,
}: Pick<AlertingDeps, 'stores'>): (delivery: Delivery) => Promise<boolean> {
  async function plan({ site, subject }: Delivery) {
    return (await stores.planned.get(site, subject))?.plan ?? null;
  }

  return async (delivery) => {
    switch (delivery.stage) {
      case 'planned_ahead':
      case 'planned_start':
        return (await plan(delivery))?.state === 'cancelled';
      case 'planned_changed':
        return (
          (await plan(delivery))?.state === 'cancelled' ||
          !(await stores.outbox.wasTold(delivery, ['planned_ahead', 'planned_start']))
        );
      case 'planned_cancelled':
      case 'planned_end':
        return !(await stores.outbox.wasTold(delivery, PLANNED));
      case 'feedback': {
        const incident = await stores.incidents.get(delivery.site, delivery.subject);
        if (incident !== null && (incident.state !== 'restored' || incident.closedAt === null)) return true;
        return !(await stores.outbox.wasTold(delivery, ['lost']));
      }
      default:
        return false;
    }
  };
}

const PLANNED = ['planned_ahead', 'planned_start', 'planned_changed'] as const;
