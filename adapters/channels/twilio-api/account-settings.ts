import { Type } from 'typebox';
import { Endpoint } from '../entry/common-settings.ts';

export const twilioAccount = {
  accountSid: Type.String({ pattern: '^AC[0-9a-fA-F]{32}$', title: 'Account SID' }),
  authToken: Type.String({ minLength: 1, title: 'Auth token', secret: true }),
};

export const twilioAddress = {
  baseUrl: Type.Optional(Endpoint('API address, if not Twilio’s own')),
};
