/** A call of the durable client that is answered with an HTTP status other than success. */
export class RefusedOperation extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "RefusedOperation";
    this.status = status;
  }
}
