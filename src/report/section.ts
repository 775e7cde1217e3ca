import { markup, type Markup } from "./markup.ts";

/** One part of the page: where it is, what it is called there and, shorter, in the contents, and what it holds. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly short: string;
  readonly body: Markup;
}

/** Instead of what takes a choice of kernels for each core. */
export const notChosen = markup`<p>Not computed for networks of many layers unless <code>--devices</code> asks for it: it takes minutes.</p>`;
