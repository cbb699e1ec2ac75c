interface Init {
  method: string;
  headers: Headers;
  bytes: Buffer | undefined;
}

/**
 * A request of which only what every route asks for is at hand. The rest is a `Request` of the
 * platform's, made when somebody asks for it: making one, with a signal and a stream of a body that is
 * there already, costs as much as half of what a route does.
 */
export class EventRequest implements Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly duplex = "half";
  /** Its body; whoever asks for it by `body` gets a stream. */
  readonly #bytes: Buffer | undefined;
  #isUsed = false;
  #made: Request | undefined;

  /**
   * @param url as `URL` writes it.
   * @param init.method one that any request may have, and a body only where it may have that.
   */
  constructor(url: string, { method, headers, bytes }: Init) {
    this.url = url;
    this.method = method;
    this.headers = headers;
    this.#bytes = bytes;
  }

  get hasBody(): boolean {
    return this.#bytes !== undefined;
  }

  get #whole(): Request {
    const { url, method, headers } = this;
    const bytes = this.#bytes;
    this.#made ??= new Request(url, {
      method,
      headers,
      ...(bytes && { body: Buffer.from(bytes) }),
    });
    return this.#made;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.#made) return this.#made.arrayBuffer();
    if (this.#isUsed) throw new TypeError("Body is unusable: Body has already been read");
    this.#isUsed = this.#bytes !== undefined;
    return new Uint8Array(this.#bytes ?? []).buffer;
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer());
  }
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer());
  }
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
  async blob(): Promise<Blob> {
    const type = this.headers.get("content-type") ?? "";
    return new Blob([await this.arrayBuffer()], { type });
  }

  get bodyUsed(): boolean {
    return this.#isUsed || (this.#made?.bodyUsed ?? false);
  }
  get body() {
    return this.#bytes ? this.#whole.body : null;
  }
  formData() {
    return this.#whole.formData();
  }
  clone() {
    if (this.bodyUsed) throw new TypeError("Body has already been read");
    return this.#whole.clone();
  }
  get cache() {
    return this.#whole.cache;
  }
  get credentials() {
    return this.#whole.credentials;
  }
  get destination() {
    return this.#whole.destination;
  }
  get integrity() {
    return this.#whole.integrity;
  }
  get keepalive() {
    return this.#whole.keepalive;
  }
  get mode() {
    return this.#whole.mode;
  }
  get redirect() {
    return this.#whole.redirect;
  }
  get referrer() {
    return this.#whole.referrer;
  }
  get referrerPolicy() {
    return this.#whole.referrerPolicy;
  }
  get signal() {
    return this.#whole.signal;
  }
}
