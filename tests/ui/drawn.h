#pragma once

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace peekaboo::ui {

/// What the last frame of the current ImGui context drew, read back from its triangles: letters by
/// their places in the font's picture, everything else as shapes. What a clip rectangle hides
/// altogether is left out.
class Drawn {
 public:
  /// Triangles that hang together: what one call to a draw list drew.
  struct Shape {
    ImU32 colour = 0;
    int corners = 0;  ///< vertices of full colour: 3 of a triangle, 4 of a filled rectangle
    ImVec2 min = {INFINITY, INFINITY}, max = {-INFINITY, -INFINITY};  ///< of these

    ImVec2 Middle() const { return {(min.x + max.x) / 2, (min.y + max.y) / 2}; }
  };

  Drawn() {
    FindGlyphs();
    const ImDrawData* data = ImGui::GetDrawData();
    for (int i = 0; data && i < data->CmdListsCount; ++i) Read(*data->CmdLists[i]);
    Flush();
  }

  /// Runs of letters on a line, each as it reads, in the order in which they were drawn.
  const std::vector<std::string>& texts() const { return texts_; }
  const std::vector<Shape>& shapes() const { return shapes_; }
  /// Pictures that are not the font's, one for each time it was drawn.
  int pictures() const { return pictures_; }
  /// Neither infinite nor NaN, all of them.
  bool finite() const { return finite_; }

  /// The shapes of this colour, and of so many corners if that is said.
  std::vector<Shape> Shapes(ImU32 colour, int corners = 0) const {
    std::vector<Shape> found;
    for (const Shape& shape : shapes_) {
      if (shape.colour == colour && (corners == 0 || shape.corners == corners))
        found.push_back(shape);
    }
    return found;
  }

 private:
  using Corners = std::array<float, 4>;  // u and v of a glyph's first and third corner

  struct Pen {
    ImVec2 at;  // where the next letter would begin
    ImU32 colour;
  };

  void FindGlyphs() {
    for (const ImFontGlyph& glyph : ImGui::GetFont()->Glyphs) {
      if (glyph.Visible) glyphs_[{glyph.U0, glyph.V0, glyph.U1, glyph.V1}] = &glyph;
    }
  }

  void Read(const ImDrawList& list) {
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback || command.ElemCount == 0) continue;
      const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
      const ImDrawIdx* at = list.IdxBuffer.Data + command.IdxOffset;
      const ImDrawIdx* end = at + command.ElemCount;
      if (command.GetTexID() != ImGui::GetIO().Fonts->TexID) {
        ++pictures_;
        continue;
      }
      while (at != end) at = ReadOne(vertices, at, end, command.ClipRect);
    }
  }

  /// Reads what begins at `at`, a letter or a shape; returns where it ends.
  const ImDrawIdx* ReadOne(const ImDrawVert* vertices, const ImDrawIdx* at, const ImDrawIdx* end,
                           const ImVec4& clip) {
    const ImDrawVert &first = vertices[at[0]], &third = vertices[at[2]];
    const auto glyph = glyphs_.find({first.uv.x, first.uv.y, third.uv.x, third.uv.y});
    if (glyph != glyphs_.end() && end - at >= 6) {
      if (Seen(first.pos, third.pos, clip)) AddLetter(*glyph->second, first, third);
      return at + 6;
    }
    // Each call has vertices of its own, one after the other.
    const ImDrawIdx* last = at;
    auto [least, most] = std::minmax({at[0], at[1], at[2]});
    std::vector<ImDrawIdx> used;
    for (; last != end; last += 3) {
      const auto [low, high] = std::minmax({last[0], last[1], last[2]});
      if (low > most || high < least) break;
      least = std::min(least, low);
      most = std::max(most, high);
      used.insert(used.end(), last, last + 3);
    }
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    AddShape(vertices, used, clip);
    return last;
  }

  void AddShape(const ImDrawVert* vertices, const std::vector<ImDrawIdx>& used,
                const ImVec4& clip) {
    Flush();
    Shape shape;
    for (const ImDrawIdx i : used) {
      // Edges are softened by corners that cannot be seen.
      if (vertices[i].col >> IM_COL32_A_SHIFT == 0) continue;
      const ImVec2 at = vertices[i].pos;
      finite_ = finite_ && std::isfinite(at.x) && std::isfinite(at.y);
      shape.colour = vertices[i].col;
      ++shape.corners;
      shape.min = {std::min(shape.min.x, at.x), std::min(shape.min.y, at.y)};
      shape.max = {std::max(shape.max.x, at.x), std::max(shape.max.y, at.y)};
    }
    if (shape.corners > 0 && Seen(shape.min, shape.max, clip)) shapes_.push_back(shape);
  }

  static bool Seen(ImVec2 min, ImVec2 max, const ImVec4& clip) {
    return min.x < clip.z && max.x > clip.x && min.y < clip.w && max.y > clip.y;
  }

  void AddLetter(const ImFontGlyph& glyph, const ImDrawVert& first, const ImDrawVert& third) {
    const float scale = (third.pos.x - first.pos.x) / (glyph.X1 - glyph.X0);
    const ImVec2 at = {first.pos.x - scale * glyph.X0, first.pos.y - scale * glyph.Y0};
    const float space = scale * ImGui::GetFont()->GetCharAdvance(' ');
    finite_ = finite_ && std::isfinite(at.x) && std::isfinite(at.y);
    int spaces = 0;
    if (pen_) {
      const float gap = at.x - pen_->at.x;
      spaces = static_cast<int>(std::lround(gap / space));
      if (first.col != pen_->colour || std::abs(at.y - pen_->at.y) > 0.5f || spaces < 0 ||
          spaces > 3 || std::abs(gap - static_cast<float>(spaces) * space) > 0.5f)
        Flush();
    }
    if (pen_) text_.append(spaces, ' ');
    text_ += Utf8(glyph.Codepoint);
    pen_ = Pen{{at.x + scale * glyph.AdvanceX, at.y}, first.col};
  }

  void Flush() {
    if (!text_.empty()) texts_.push_back(text_);
    text_.clear();
    pen_.reset();
  }

  /// Of a letter below U+0800; our fonts in tests have no others.
  static std::string Utf8(unsigned letter) {
    if (letter < 0x80) return {static_cast<char>(letter)};
    return {static_cast<char>(0xc0 | letter >> 6), static_cast<char>(0x80 | (letter & 0x3f))};
  }

  std::map<Corners, const ImFontGlyph*> glyphs_;
  std::vector<std::string> texts_;
  std::vector<Shape> shapes_;
  std::string text_;
  std::optional<Pen> pen_;
  int pictures_ = 0;
  bool finite_ = true;
};

}  // namespace peekaboo::ui
