/** The colours of the page as the style sheet has them now, for what is drawn on a canvas. Runs in the page. */
export interface Theme {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly strong: string;
  readonly soft: string;
  readonly better: string;
  readonly worse: string;
  readonly total: string;
  readonly font: string;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: read("text"),
    muted: read("muted"),
    line: read("line"),
    surface: read("surface"),
    strong: read("strong"),
    soft: read("soft"),
    better: read("better"),
    worse: read("worse"),
    total: read("total"),
    font: getComputedStyle(document.body).fontFamily,
  };
}
