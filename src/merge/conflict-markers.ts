/** Conflict markers, as git writes them. */

/** What the two sides of a conflict are called in its markers. */
export interface Labels {
  mine: string;
  theirs: string;
}

const marks = { mine: '<<<<<<<', middle: '=======', theirs: '>>>>>>>' };

/** Both versions of a place, between markers that say which is which. */
export function conflictText(mine: string, theirs: string, labels: Labels): string {
  return `${marks.mine} ${labels.mine}\n${mine}${marks.middle}\n${theirs}${marks.theirs} ${labels.theirs}\n`;
}

/** Whether a text still has a conflict's markers, all three and in their order. */
export function hasMarkers(text: string): boolean {
  return /^<{7} .*^={7}$.*^>{7} /ms.test(text.replaceAll('\r\n', '\n'));
}
