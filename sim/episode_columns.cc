#include "sim/episode_columns.h"

namespace peekaboo::sim {
namespace {

template <typename T>
std::function<void*(Episode*, int)> Field(std::vector<T> Episode::*member, size_t width) {
  return [member, width](Episode* episode, int frames) -> void* {
    auto& values = episode->*member;
    values.resize(width * static_cast<size_t>(frames));
    return values.data();
  };
}

}  // namespace

std::vector<EpisodeColumn> ColumnsOf(const EpisodeSchema& schema) {
  const auto a = static_cast<hsize_t>(schema.action_size),
             q = static_cast<hsize_t>(schema.qpos_size), v = static_cast<hsize_t>(schema.qvel_size),
             o = static_cast<hsize_t>(schema.objects.size());
  std::vector<EpisodeColumn> columns;
  const auto add = [&](const char* name, hid_t type, hid_t memory, auto member, size_t bytes,
                       std::vector<hsize_t> shape) {
    EpisodeColumn column{name, type, memory, bytes, std::move(shape), nullptr};
    column.data = Field(member, column.Width());
    if (column.Width() > 0) columns.push_back(std::move(column));
  };
  add("action", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, &Episode::action, 4, {a});
  add("qpos", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, &Episode::qpos, 4, {q});
  add("qvel", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, &Episode::qvel, 4, {v});
  add("present", H5T_STD_U8LE, H5T_NATIVE_UINT8, &Episode::present, 1, {o});
  add("image_xy", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, &Episode::image_xy, 4, {o, 2});
  if (schema.has_visible)
    add("visible", H5T_STD_I32LE, H5T_NATIVE_INT32, &Episode::visible, 4, {o});
  return columns;
}

}  // namespace peekaboo::sim
