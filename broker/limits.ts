/** Every bound of the broker. A configuration may change any of them; none can be switched off. */
export interface BrokerLimits {
  /** Largest MQTT packet, header excluded. */
  readonly packet_bytes: number;
  /** Largest first packet: nobody is known yet, so nobody needs more than an id, a secret and a will. */
  readonly connectPacket_bytes: number;
  readonly topic_length: number;
  /** Open sockets, signed in or not. */
  readonly connections: number;
  /** Connects let through to the credential check. */
  readonly connectsPerSecond: number;
  /** Connects waiting longer are closed: their client has given up by then. */
  readonly connectWait_ms: number;
  /** Per id a client speaks for, so that a gateway may say as much as the meters behind it. */
  readonly publishesPerSecond: number;
  /** How many seconds' worth of publishes may come at once after a quiet time. */
  readonly publishBurst_s: number;
  /** Publishes of one client not yet acknowledged, above which its socket is not read. */
  readonly heldMessages: number;
  readonly held_bytes: number;
  /** The same over all clients. */
  readonly heldTotal_bytes: number;
  /** Bytes waiting in the socket of a subscriber, above which it is disconnected. */
  readonly consumerQueue_bytes: number;
  /** Refused publishes of one client within a minute, above which it is disconnected and barred. */
  readonly refusedPerMinute: number;
  /** Failed sign-ins of one client from one address within a minute, above which the pair is barred. */
  readonly badSecretsPerMinute: number;
  readonly bar_ms: number;
}

export const BROKER_LIMITS: BrokerLimits = {
  packet_bytes: 256 * 1024,
  connectPacket_bytes: 8 * 1024,
  topic_length: 256,
  connections: 12_000,
  connectsPerSecond: 1_000,
  connectWait_ms: 20_000,
  publishesPerSecond: 100,
  publishBurst_s: 10,
  heldMessages: 256,
  held_bytes: 512 * 1024,
  heldTotal_bytes: 64 * 1024 * 1024,
  consumerQueue_bytes: 1024 * 1024,
  refusedPerMinute: 100,
  badSecretsPerMinute: 10,
  bar_ms: 60_000,
};
