/** What Render offers and reserves, from its documentation and its Blueprint schema (November 2026). */

export const regions = ['oregon', 'ohio', 'virginia', 'frankfurt', 'singapore'] as const;

/**
 * Plans of a paid web service: the old names, which stay valid, and the ids that Render has used since August 2026. Only
 * listed names are allowed: Render accepts a Blueprint with an unknown plan, and then silently leaves the service out.
 */
const paidPlans = [
  'starter',
  'standard',
  'pro',
  'pro plus',
  'pro max',
  'pro ultra',
  '0.5c-512mb',
  '1c-2g',
  '2c-4g',
  '2c-8g',
  '2c-16g',
  '4c-8g',
  '4c-16g',
  '4c-32g',
  '8c-16g',
  '8c-32g',
  '8c-64g',
  '12c-24g',
  '12c-48g',
  '12c-96g',
] as const;

/**
 * A free service has no disk and receives no private traffic, so it can't be the server. It can send private traffic, so
 * it can be the console.
 */
export const serverPlans = paidPlans;
export const consolePlans = ['free', ...paidPlans] as const;

/** The server's public port. The container has two HTTP ports; Render routes to the one in PORT. */
export const apiPort = 9000;

/** Ports that a service can't use on Render's private network (Render routes 10000 to the primary port). */
export const reservedPorts: readonly number[] = [10000, 18012, 18013, 19099];

/**
 * Render's largest disk in GB (16 TB). A disk never shrinks and costs $0.25 per GB and month, so a larger number, typed by
 * mistake, would be paid for until the disk is deleted.
 */
export const largestDisk = 16384;
