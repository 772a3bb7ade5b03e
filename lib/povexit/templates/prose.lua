-- What a county typed may reach Markdown: only text and outward links pass, no picture, no raw code.
local function words(el) return el.content or el.caption end
function Image(el) return el.caption end
function Link(el)
  if el.target:match("^https?://") or el.target:match("^mailto:") then return nil end
  return words(el)
end
function RawInline(el) return pandoc.Str(el.text) end
function RawBlock(el) return pandoc.Para({ pandoc.Str(el.text) }) end
