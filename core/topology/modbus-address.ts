export interface ModbusAddress {
  readonly host: string;
  readonly port: number;
  /** Slave behind the host; 0 and 255 mean the host itself. */
  readonly unit: number;
}

const FORM = /^modbus:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?\/(\d{1,3})$/;

/** Reads `modbus://host:port/unit`; the port defaults to 502. Null for anything else. */
export function parseModbusAddress(text: string): ModbusAddress | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const [, host = '', portText = '502', unitText = ''] = match;
  const port = Number(portText);
  const unit = Number(unitText);
  if (port < 1 || port > 65_535 || unit > 255) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port, unit };
}
