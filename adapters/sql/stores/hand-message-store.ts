import type { HandMessage, HandMessageStore } from '../../../core/ports/hand-message-store.ts';
import type { Dialect } from '../dialect.ts';
import { createPace } from '../pace.ts';
import { ConstraintViolated, type Sql } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { HandMessageTable } from '../tables.ts';
import type { DeliverySteps } from './delivery-steps.ts';

export function createHandMessageStore(
  sql: Sql,
  { db }: Dialect,
  deliveries: DeliverySteps,
): HandMessageStore {
  const all = (site: string) => db.selectFrom('hand_message').selectAll().where('site', '=', site);

  return {
    async send(message, request, notices) {
      const { id, site, at, by, zh, en, target, recipients } = message;
      const insert = db.insertInto('hand_message').values({
        id,
        site,
        at,
        given_by: by,
        request_key: request,
        recipients,
        target_json: JSON.stringify(target),
        body_zh: zh,
        body_en: en,
      });
      try {
        await sql.run([step(insert), ...(await deliveries(site, notices, createPace()))]);
        return message;
      } catch (error) {
        if (!(error instanceof ConstraintViolated && error.kind === 'unique')) throw error;
        const first = await firstOf(sql, all(site).where('request_key', '=', request));
        if (first === null) throw error;
        return messageOf(first);
      }
    },

    async get(site, id) {
      const row = await firstOf(sql, all(site).where('id', '=', id));
      return row === null ? null : messageOf(row);
    },

    async list(site, limit) {
      return (await rowsOf(sql, all(site).orderBy('id', 'desc').limit(limit))).map(messageOf);
    },
  };
}

function messageOf(row: HandMessageTable): HandMessage {
  const target: unknown = JSON.parse(row.target_json);
  const { id, site, at, given_by: by, recipients, body_zh: zh, body_en: en } = row;
  return { id, site, at, by, zh, en, target, recipients };
}
