#include "lab/report/page.h"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_modifiers.h>

#include "base/check.h"
#include "lab/report/dictionary.h"
#include "lab/report/svg.h"

namespace peekaboo::lab {
namespace {

constexpr char kName[] = "page.html";

// {{NAME:x-text}}. ctemplate's own :html_escape makes spaces of line breaks and keeps control
// characters.
class TextModifier : public ctemplate::TemplateModifier {
  void Modify(const char* text, size_t size, const ctemplate::PerExpandData* /*data*/,
              ctemplate::ExpandEmitter* out, const std::string& /*argument*/) const override {
    out->Emit(EscapeXml({text, size}));
  }
};

// ctemplate has one table of modifiers for the whole program, without a lock: it is written once,
// before any template is read.
void AddModifiers() {
  static const TextModifier text;
  static const bool added = ctemplate::AddXssSafeModifier("x-text", &text);
  PEEKABOO_CHECK(added);
}

}  // namespace

std::string ExpandPage(ctemplate::TemplateDictionary* page) {
  AddModifiers();
  page->SetValue("STYLE", {kPageCss.data(), kPageCss.size()});
  // A cache of our own and frozen: nothing is shared between threads, nothing read from disk.
  constexpr auto kStrip = ctemplate::STRIP_BLANK_LINES;
  ctemplate::TemplateCache cache;
  PEEKABOO_CHECK(cache.StringToTemplateCache(kName, kPageHtml.data(), kPageHtml.size(), kStrip));
  cache.Freeze();
  std::string html;
  PEEKABOO_CHECK(cache.ExpandNoLoad(kName, kStrip, page, nullptr, &html));
  return html;
}

}  // namespace peekaboo::lab
