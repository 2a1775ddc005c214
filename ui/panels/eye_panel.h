#pragma once

#include "ui/panel.h"
#include "ui/texture.h"

namespace peekaboo::ui {

/// What the infant sees, and where in it the surprise lies.
class EyePanel : public Panel {
 public:
  const char* title() const override { return "Infant's eye"; }
  void Draw(const View& view) override;

 private:
  Texture picture_;
  std::shared_ptr<const std::vector<uint8_t>> shown_;
};

}  // namespace peekaboo::ui
