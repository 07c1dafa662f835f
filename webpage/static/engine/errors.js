/** A picture that cannot be read or must be refused; its message names file and remedy. */
export class PhotoError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "PhotoError";
  }
}
