#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// A small writer of SVG pictures that stand in an HTML page or alone. Pure functions and values;
/// any thread.
namespace peekaboo::lab {

/// For text between tags and in quoted attributes of XML and HTML. Control characters, which XML
/// forbids, become U+FFFD.
std::string EscapeXml(std::string_view text);

/// RFC 4648, with padding.
std::string Base64(std::span<const uint8_t> bytes);

/// For readers: a fixed number of decimals whatever the locale, a true minus sign, "–" for NaN and
/// infinities.
std::string FormatNumber(double value, int decimals);

/// Colours that people with any colour vision tell apart (Okabe & Ito 2008), most distinct first;
/// without its yellow, which vanishes on white, and black, which vanishes at night.
enum class Ink { kBlue, kVermillion, kGreen, kOrange, kSky, kPurple, kText, kFaint, kGrid, kPage };
/// A CSS colour. Text, faint text, grid and page follow the page's --ink, --faint, --grid and
/// --page, blue its --blue (so that a dark page gets light axes), and are made for white where a
/// page has none.
const char* InkColour(Ink ink);
/// The colour of the i-th line of a chart; starts over after six.
Ink SeriesInk(int index);

/// Where text stands relative to its point.
enum class Anchor { kStart, kMiddle, kEnd };

/// How text looks.
struct TextStyle {
  double size = 12;  ///< pixels
  Anchor anchor = Anchor::kStart;
  Ink ink = Ink::kText;
  bool bold = false;
  double degrees = 0;  ///< clockwise around the point
};

/// A place in the picture, pixels.
struct Point {
  double x = 0;
  double y = 0;
};

/// One picture; y grows downwards, units are CSS pixels at natural size. It shrinks with a narrow
/// page and never grows.
class SvgCanvas {
 public:
  /// `title` is for screen readers and tooltips.
  SvgCanvas(double width, double height, std::string_view title);

  void Line(Point from, Point to, Ink ink, double thickness = 1, bool dashed = false);
  /// Leaves out points that are not finite; the line breaks there.
  void Polyline(std::span<const Point> points, Ink ink, double thickness = 2, bool dashed = false);
  void Rect(Point corner, double width, double height, Ink fill, double opacity = 1);
  void Circle(Point centre, double radius, Ink fill);
  void Text(Point at, std::string_view text, const TextStyle& style = {});
  /// A PNG, scaled without smoothing: frames of 64 pixels stay crisp.
  void Image(Point corner, double width, double height, std::span<const uint8_t> png);

  double width() const { return width_; }
  double height() const { return height_; }
  /// The whole svg element.
  std::string Finish() const;

 private:
  double width_;
  double height_;
  std::string title_;
  std::string body_;
};

/// About how wide a sans-serif text of this size is, in pixels; on the safe side.
double TextWidth(std::string_view text, double size);

/// The label of one of `ticks` (see AxisTicks): with as many decimals as the distance of the ticks
/// needs; as a power of ten where that would be long.
std::string TickLabel(double tick, std::span<const double> ticks);

}  // namespace peekaboo::lab
