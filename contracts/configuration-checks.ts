import type { Fault } from '../core/units/fault.ts';

type Given = Readonly<Record<string, unknown>>;

/** What one setting demands of another. Values may still be of the wrong shape here; only their presence is judged. */
export function crossChecks(given: Given): Fault[] {
  return [
    ...tls(given),
    ...externalBroker(given),
    ...influx(given),
    ...twilio(given),
    ...urls(given),
    ...ports(given),
  ];
}

function tls(given: Given): Fault[] {
  const names = ['MQTT_TLS_CERT_FILE', 'MQTT_TLS_KEY_FILE'];
  if (given.MQTT_TLS_PORT === undefined && names.every((name) => given[name] === undefined)) return [];
  return missing(given, names, 'TLS needs a certificate and its key').concat(
    missing(given, ['MQTT_TLS_PORT'], 'a certificate is of use only with a port, e.g. 8883'),
  );
}

function externalBroker(given: Given): Fault[] {
  if (given.MQTT_URL !== undefined) return [];
  return present(
    given,
    ['MQTT_USERNAME', 'MQTT_PASSWORD'],
    'belongs to an external broker: set MQTT_URL too, or remove it',
  );
}

function influx(given: Given): Fault[] {
  const others = ['INFLUX_BUCKET', 'INFLUX_ORG', 'INFLUX_TOKEN', 'INFLUX_USERNAME', 'INFLUX_PASSWORD'];
  if (given.INFLUX_URL === undefined)
    return present(given, others, 'is of use only with INFLUX_URL: set it too, or remove this');
  const faults = missing(
    given,
    ['INFLUX_BUCKET'],
    'INFLUX_URL needs the bucket (database on 1.x) to write to',
  );
  if (given.INFLUX_TOKEN !== undefined && given.INFLUX_USERNAME !== undefined) {
    faults.push(
      fault(
        'INFLUX_USERNAME',
        'not_allowed',
        'either INFLUX_TOKEN or INFLUX_USERNAME and INFLUX_PASSWORD, not both',
      ),
    );
  }
  if ((given.INFLUX_USERNAME === undefined) !== (given.INFLUX_PASSWORD === undefined)) {
    faults.push(
      ...missing(given, ['INFLUX_USERNAME', 'INFLUX_PASSWORD'], 'user name and password come together'),
    );
  }
  return faults;
}

function twilio(given: Given): Fault[] {
  const own = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'];
  const senders = ['TWILIO_FROM', 'TWILIO_MESSAGING_SERVICE_SID'];
  if ([...own, ...senders, 'TWILIO_API_URL'].every((name) => given[name] === undefined)) return [];
  const faults = missing(given, own, 'Twilio needs account and token together');
  if (senders.every((name) => given[name] === undefined)) {
    faults.push(fault('TWILIO_FROM', 'missing', 'Twilio needs TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID'));
  }
  if (given.PUBLIC_URL === undefined) {
    faults.push(
      fault(
        'PUBLIC_URL',
        'missing',
        'Twilio sends its receipts to PUBLIC_URL: set it to our address as seen from outside',
      ),
    );
  }
  return faults;
}

function urls(given: Given): Fault[] {
  const names = ['MQTT_URL', 'DATABASE_URL', 'INFLUX_URL', 'TWILIO_API_URL', 'PUBLIC_URL', 'DEAD_MAN_URL'];
  const faults = names.flatMap((name) => {
    const value = given[name];
    if (typeof value !== 'string' || !value.includes('://') || URL.canParse(value)) return [];
    return [fault(name, 'wrong_form', `${name} is no URL`)];
  });
  const { PUBLIC_URL } = given;
  if (typeof PUBLIC_URL === 'string' && /[?#]/.test(PUBLIC_URL)) {
    faults.push(
      fault('PUBLIC_URL', 'wrong_form', 'PUBLIC_URL is scheme, host and perhaps a path, without ? or #'),
    );
  }
  return faults;
}

function ports(given: Given): Fault[] {
  const seen = new Map<unknown, string>();
  return ['HTTP_PORT', 'MQTT_PORT', 'MQTT_TLS_PORT'].flatMap((name) => {
    const port = given[name];
    if (typeof port !== 'number' || port === 0) return [];
    const other = seen.get(port);
    if (other !== undefined)
      return [fault(name, 'port_taken', `${name} and ${other} are both ${port}: change one`)];
    seen.set(port, name);
    return [];
  });
}

function missing(given: Given, names: readonly string[], why: string): Fault[] {
  return names
    .filter((name) => given[name] === undefined)
    .map((name) => fault(name, 'missing', `${name} is not set: ${why}`));
}

function present(given: Given, names: readonly string[], why: string): Fault[] {
  return names
    .filter((name) => given[name] !== undefined)
    .map((name) => fault(name, 'not_allowed', `${name} ${why}`));
}

function fault(path: string, code: string, message: string): Fault {
  return { path, code, message };
}
