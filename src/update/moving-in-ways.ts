/** What to do with a MinIO that was there before; `off`: leave it alone, and add a new stack beside it. */
export const moveInWays = ['repair', 'stack', 'off'] as const;
export type MoveInWay = (typeof moveInWays)[number];
