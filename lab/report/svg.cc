#include "lab/report/svg.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/check.h"

namespace peekaboo::lab {
namespace {

std::string Fixed(double value, int decimals) {
  char text[400];  // 1e308 has 309 digits
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, decimals);
  PEEKABOO_CHECK(error == std::errc());
  std::string out(text, end);
  const bool zero = out.find_first_not_of("-0.") == std::string::npos;
  return zero && out[0] == '-' ? out.substr(1) : out;
}

// Two decimals: a hundredth of a pixel.
std::string Px(double value) {
  std::string text = Fixed(std::isfinite(value) ? value : 0, 2);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string Attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + Px(value) + "\"";
}

std::string Stroke(Ink ink, double thickness, bool dashed) {
  return std::string(" fill=\"none\" style=\"stroke:") + InkColour(ink) + "\"" +
         Attribute("stroke-width", thickness) + (dashed ? " stroke-dasharray=\"4 3\"" : "");
}

}  // namespace

std::string EscapeXml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') {
          out += "\xef\xbf\xbd";
        } else {
          out += c;
        }
    }
  }
  return out;
}

std::string Base64(std::span<const uint8_t> bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = std::min<size_t>(3, bytes.size() - i);
    uint32_t word = 0;
    for (size_t k = 0; k < 3; ++k) word = word << 8 | (k < left ? bytes[i + k] : 0);
    for (size_t k = 0; k < 4; ++k) {
      out += k <= left ? kDigits[word >> (18 - 6 * k) & 63] : '=';
    }
  }
  return out;
}

std::string FormatNumber(double value, int decimals) {
  if (!std::isfinite(value)) return "–";
  const std::string text = Fixed(value, decimals);
  return text[0] == '-' ? "−" + text.substr(1) : text;
}

const char* InkColour(Ink ink) {
  switch (ink) {
    case Ink::kBlue:
      return "var(--blue,#0072b2)";
    case Ink::kVermillion:
      return "#d55e00";
    case Ink::kGreen:
      return "#009e73";
    case Ink::kOrange:
      return "#e69f00";
    case Ink::kSky:
      return "#56b4e9";
    case Ink::kPurple:
      return "#cc79a7";
    case Ink::kText:
      return "var(--ink,#1a1a1a)";
    case Ink::kFaint:
      return "var(--faint,#666)";
    case Ink::kGrid:
      return "var(--grid,#ddd)";
    case Ink::kPage:
      return "var(--page,#fff)";
  }
  PEEKABOO_CHECK(false && "unknown ink");
}

Ink SeriesInk(int index) {
  constexpr Ink kInks[] = {Ink::kBlue,   Ink::kVermillion, Ink::kGreen,
                           Ink::kOrange, Ink::kSky,        Ink::kPurple};
  return kInks[static_cast<size_t>(index) % std::size(kInks)];
}

SvgCanvas::SvgCanvas(double width, double height, std::string_view title)
    : width_(width), height_(height), title_(title) {}

void SvgCanvas::Line(Point from, Point to, Ink ink, double thickness, bool dashed) {
  body_ += "<line" + Attribute("x1", from.x) + Attribute("y1", from.y) + Attribute("x2", to.x) +
           Attribute("y2", to.y) + Stroke(ink, thickness, dashed) + "/>\n";
}

void SvgCanvas::Polyline(std::span<const Point> points, Ink ink, double thickness, bool dashed) {
  std::string path;
  bool drawing = false;
  for (size_t i = 0; i < points.size(); ++i) {
    const Point& point = points[i];
    const auto finite = [](const Point& p) { return std::isfinite(p.x) && std::isfinite(p.y); };
    if (!finite(point)) {
      drawing = false;
      continue;
    }
    // A point between two gaps would be a line without length, which is not drawn.
    const bool alone = !drawing && (i + 1 == points.size() || !finite(points[i + 1]));
    if (alone) {
      Circle(point, thickness, ink);
      continue;
    }
    path += (drawing ? " L" : path.empty() ? "M" : " M") + Px(point.x) + " " + Px(point.y);
    drawing = true;
  }
  if (path.empty()) return;
  body_ += "<path d=\"" + path + "\"" + Stroke(ink, thickness, dashed) +
           " stroke-linejoin=\"round\"/>\n";
}

void SvgCanvas::Rect(Point corner, double width, double height, Ink fill, double opacity) {
  body_ += "<rect" + Attribute("x", corner.x) + Attribute("y", corner.y) +
           Attribute("width", std::max(width, 0.0)) + Attribute("height", std::max(height, 0.0)) +
           " style=\"fill:" + InkColour(fill) + "\"" +
           (opacity < 1 ? Attribute("fill-opacity", opacity) : "") + "/>\n";
}

void SvgCanvas::Circle(Point centre, double radius, Ink fill) {
  body_ += "<circle" + Attribute("cx", centre.x) + Attribute("cy", centre.y) +
           Attribute("r", radius) + " style=\"fill:" + InkColour(fill) + "\"/>\n";
}

void SvgCanvas::Text(Point at, std::string_view text, const TextStyle& style) {
  constexpr const char* kAnchors[] = {"start", "middle", "end"};
  body_ += "<text" + Attribute("x", at.x) + Attribute("y", at.y) +
           Attribute("font-size", style.size) + " text-anchor=\"" +
           kAnchors[static_cast<int>(style.anchor)] + "\" style=\"fill:" + InkColour(style.ink) +
           "\"" + (style.bold ? " font-weight=\"600\"" : "");
  if (style.degrees != 0) {
    body_ += " transform=\"rotate(" + Px(style.degrees) + " " + Px(at.x) + " " + Px(at.y) + ")\"";
  }
  body_ += ">" + EscapeXml(text) + "</text>\n";
}

void SvgCanvas::Image(Point corner, double width, double height, std::span<const uint8_t> png) {
  body_ += "<image" + Attribute("x", corner.x) + Attribute("y", corner.y) +
           Attribute("width", width) + Attribute("height", height) +
           " preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
           "href=\"data:image/png;base64," +
           Base64(png) + "\"/>\n";
}

std::string SvgCanvas::Finish() const {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + Px(width_) + " " +
         Px(height_) + "\"" + Attribute("width", width_) + Attribute("height", height_) +
         " role=\"img\" font-family=\"system-ui,'Segoe UI',Helvetica,Arial,sans-serif\" "
         "style=\"max-width:100%;height:auto\">\n<title>" +
         EscapeXml(title_) + "</title>\n" + body_ + "</svg>\n";
}

double TextWidth(std::string_view text, double size) {
  // Bytes that continue a UTF-8 character take no room.
  const auto characters =
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
  return 0.58 * size * static_cast<double>(characters);
}

std::string TickLabel(double tick, std::span<const double> ticks) {
  const double step = ticks.size() < 2 ? 1 : ticks[1] - ticks[0];
  const double largest =
      ticks.empty() ? 0 : std::max(std::abs(ticks.front()), std::abs(ticks.back()));
  const bool short_enough = step >= 0.99e-4 && largest < 1e6;
  if (!short_enough && tick != 0) {
    char text[40];
    char* end = std::to_chars(text, text + sizeof text, tick, std::chars_format::general, 3).ptr;
    return std::string(text, end);
  }
  return FormatNumber(tick, std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9))));
}

}  // namespace peekaboo::lab
