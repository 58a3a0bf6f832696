/** Something the person at the keyboard can mend: printed as one message without a stack, exit code 1. */
export class Complaint extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Complaint';
  }
}
