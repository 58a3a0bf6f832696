import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface MqttAddress {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Reads `mqtt://host:port` or `mqtts://host:port`; throws with words for a person. */
export function readMqttUrl(text: string): MqttAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  const secure = url?.protocol === 'mqtts:';
  if (url === null || url.hostname === '' || (!secure && url.protocol !== 'mqtt:')) {
    throw new Error('MQTT_URL must look like mqtt://host:1883 or mqtts://host:8883');
  }
  // WHATWG keeps the brackets of an IPv6 address; sockets do not want them.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(url.port) || (secure ? 8883 : 1883), secure };
}

export function openSocket(address: MqttAddress, ca?: string | Buffer): Socket {
  const { host, port, secure } = address;
  const socket = secure
    ? connectTls({ host, port, servername: host, ...(ca === undefined ? {} : { ca }) })
    : connectPlain({ host, port });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  return socket;
}
