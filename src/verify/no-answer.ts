/** A request without an answer. The message is a clause about the server. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** Why this says nothing about the server: the run was ended. */
  readonly ended: boolean;

  constructor(message: string, ended = false) {
    super(message);
    this.ended = ended;
  }
}

/** An error of the network in words, with its code. */
export function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  const known: Record<string, string> = {
    ENOTFOUND: 'its name has no address (ENOTFOUND)',
    EAI_AGAIN: 'its name could not be looked up (EAI_AGAIN)',
    ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
    ECONNRESET: 'the connection was cut (ECONNRESET)',
    ERR_PROXY_TUNNEL: 'the proxy in HTTPS_PROXY leads nowhere (ERR_PROXY_TUNNEL)',
  };
  if (code?.startsWith('HPE_')) return `what it sends is no HTTP (${code})`;
  return known[code ?? ''] ?? (code || message.split('\n')[0] || 'no answer');
}
