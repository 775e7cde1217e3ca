import assert from "node:assert/strict";
import test from "node:test";
import { embedJson, embedScript, markup, raw, slug } from "../../src/report/markup.ts";

test("text is escaped, markup is not, lists are joined", () => {
  const name = `<i>"a" & 'b'</i>`;
  assert.equal(markup`<p title="${name}">${[raw("<br>"), name, 3]}</p>`.html,
    `<p title="&#60;i&#62;&#34;a&#34; &#38; &#39;b&#39;&#60;/i&#62;"><br>&#60;i&#62;&#34;a&#34; &#38; &#39;b&#39;&#60;/i&#62;3</p>`); // prettier-ignore
});

test("embedded JSON cannot end its script and reads back the same", () => {
  const value = { a: "</script><!--", b: [1.5, "<"] };
  const { html } = embedJson(value);
  assert.doesNotMatch(html, /</);
  assert.deepEqual(JSON.parse(html), value);
});

test("an embedded script loses its source map and cannot end itself", () => {
  assert.equal(embedScript('a("</script>");\n//# sourceMappingURL=a.js.map\n').html, 'a("<\\/script>");\n\n');
});

test("a slug is safe as an id", () => {
  assert.equal(slug('Cortex "M4"</b>'), "cortex-m4-b-");
});
