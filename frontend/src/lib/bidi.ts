/** Text in the reader's script within an English sentence. */

const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * For a string inside another, where no element can stand around it: what is written from right to left is set apart, so that it
 * does not draw the words beside it along. Anything else is left as it is, without signs nobody sees.
 */
export function setApart(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
