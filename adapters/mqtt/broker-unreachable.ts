/** A broker that is not ours did not answer in time, or turned us away. The message names it and the reason. */
export class BrokerUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokerUnreachable';
  }
}
