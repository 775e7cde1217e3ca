/**
 * HTML with escaping as the default: whatever is put into a `markup` template is text, unless it is `Markup` already.
 *
 * The tag is not called `html`, so that the formatter leaves the white space of the templates alone.
 */
export interface Markup {
  readonly html: string;
}

export type Part = Markup | string | number | readonly Part[];

export const nothing: Markup = { html: "" };

/** Text that is already HTML. The caller answers for it. */
export function raw(html: string): Markup {
  return { html };
}

export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: strings.map((text, i) => (i === 0 ? text : toHtml(parts[i - 1]!) + text)).join("") };
}

function toHtml(part: Part): string {
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return "html" in part ? part.html : part.map(toHtml).join("");
}

/** Safe as text and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON that cannot end the script element it stands in; `JSON.parse` gives the same value back. */
export function embedJson(value: unknown): Markup {
  return raw(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

/** A library's text for an inline script: its pointer to a source map, which would be a request, is left out. */
export function embedScript(text: string): Markup {
  return raw(text.replace(/^\/\/# sourceMappingURL=.*$/gm, "").replace(/<\/(script)/gi, "<\\/$1"));
}

/** A name as a part of an `id`: letters, digits and dashes. */
export function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
