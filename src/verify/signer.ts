import { createHash, createHmac } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';

export interface Credentials {
  accessKey: string;
  secretKey: string;
}

/** The region that every MinIO has unless it was told another one. */
const scope = { service: 's3', region: 'us-east-1' };

/** A time as SigV4 writes it: 20261126T145500Z. */
export const amzDate = (time: Date): string => time.toISOString().replace(/[:-]|\.\d{3}/g, '');

/** Signs requests with AWS Signature Version 4. */
export class Signer {
  readonly #credentials: { accessKeyId: string; secretAccessKey: string };

  constructor({ accessKey, secretKey }: Credentials) {
    this.#credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  }

  get accessKey(): string {
    return this.#credentials.accessKeyId;
  }

  /** The headers of a request with an `Authorization`; the given headers are signed. */
  async headers(url: URL, method: string, headers: Record<string, string>, body: Buffer | string) {
    const sha256 = createHash('sha256').update(body).digest('hex');
    const signer = new AwsV4Signer({
      ...this.#credentials,
      ...scope,
      url: url.href,
      method,
      headers: { ...headers, 'x-amz-content-sha256': sha256 },
    });
    return Object.fromEntries((await signer.sign()).headers);
  }

  /** A presigned URL: whoever has it may send this one request. */
  async presigned(url: URL, { method = 'GET', seconds = 300, at = new Date() }): Promise<URL> {
    const signed = new URL(url);
    signed.searchParams.set('X-Amz-Expires', String(seconds));
    const signer = new AwsV4Signer({
      ...this.#credentials,
      ...scope,
      url: signed.href,
      method,
      datetime: amzDate(at),
      signQuery: true,
    });
    return (await signer.sign()).url;
  }

  /** The fields of a form with a signed policy (AWS, "Browser-based uploads using POST"). */
  postForm(bucket: string, key: string, mostBytes: number, now = new Date()): Record<string, string> {
    const date = amzDate(now);
    const credential = [this.#credentials.accessKeyId, date.slice(0, 8), scope.region, scope.service, 'aws4_request'];
    const fields = {
      key,
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': credential.join('/'),
      'x-amz-date': date,
    };
    const conditions = [
      { bucket },
      ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
      ['content-length-range', 1, mostBytes],
    ];
    const expiration = new Date(now.getTime() + 300_000).toISOString();
    const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
    const hmac = (secret: Buffer | string, text: string) => createHmac('sha256', secret).update(text).digest();
    const secret = credential.slice(1).reduce<Buffer | string>(hmac, `AWS4${this.#credentials.secretAccessKey}`);
    return { ...fields, policy, 'x-amz-signature': hmac(secret, policy).toString('hex') };
  }
}
