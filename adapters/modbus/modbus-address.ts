/** Where a slave is: many of them may share one host and port, as behind a serial gateway. */
export interface ModbusAddress {
  readonly host: string;
  readonly port: number;
  readonly unit: number;
}

/** Reads `modbus://host:port/unit`; null when the text is no such address. */
export function readModbusAddress(text: string): ModbusAddress | null {
  if (!text.startsWith('modbus://') || !URL.canParse(text)) return null;
  const url = new URL(text);
  const unit = url.pathname.slice(1);
  if (url.hostname === '' || !/^\d{1,3}$/.test(unit) || Number(unit) > 255) return null;
  if (url.port === '0') return null;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: url.port === '' ? 502 : Number(url.port), unit: Number(unit) };
}
